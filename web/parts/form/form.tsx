// What forms share: fields, the error, and the buttons that cancel and submit.

import { type JSX, Show } from 'solid-js'

/** Fields below each other; Enter in one of them submits. */
export function Form(props: {
  panel?: boolean
  onSubmit: () => void | Promise<void>
  children: JSX.Element
}): JSX.Element {
  return (
    <form
      class="form"
      classList={{ panel: props.panel === true }}
      onSubmit={(event) => {
        event.preventDefault()
        void props.onSubmit()
      }}
    >
      {props.children}
    </form>
  )
}

/** Screen readers announce the error as soon as there is one. */
export function FormError(props: { text: string | null }): JSX.Element {
  return (
    <Show when={props.text}>
      <p class="form-error" role="alert">
        {props.text}
      </p>
    </Show>
  )
}

/** `children` is the button that submits. */
export function FormActions(props: {
  /** The label of the cancelling button, if it is not "Cancel". */
  cancel?: string
  /** Gives the button a border. */
  framed?: boolean
  big?: boolean
  onCancel: () => void
  children: JSX.Element
}): JSX.Element {
  return (
    <div class="form-actions">
      <button
        type="button"
        class="button"
        classList={{ quiet: !props.framed, big: props.big === true }}
        onClick={() => props.onCancel()}
      >
        {props.cancel ?? 'Cancel'}
      </button>
      {props.children}
    </div>
  )
}

/** A labelled input. `hint` is a line below it. */
export function Field(props: { label: string; hint?: JSX.Element; children: JSX.Element }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child.
    <label class="field">
      {props.label}
      {props.children}
      <Show when={props.hint}>
        <span class="hint">{props.hint}</span>
      </Show>
    </label>
  )
}

/** A password that is asked for, or a new one that is chosen. */
export function SecretField(props: {
  label: string
  value: string
  onInput: (value: string) => void
  isNew?: boolean
  invalid?: boolean
  hint?: JSX.Element
}): JSX.Element {
  return (
    <Field label={props.label} hint={props.hint}>
      <input
        class="input"
        type="password"
        autocomplete={props.isNew ? 'new-password' : 'current-password'}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        aria-invalid={props.invalid}
      />
    </Field>
  )
}
