// The end of a form: the error, and the buttons that cancel and submit.

import { type JSX, Show } from 'solid-js'

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
