// The end of a form: what went wrong, the way out, and beside it the button that acts.

import { type JSX, Show } from 'solid-js'

/** Read out as soon as there is something to say. */
export function FormError(props: { text: string | null }): JSX.Element {
  return (
    <Show when={props.text}>
      <p class="form-error" role="alert">
        {props.text}
      </p>
    </Show>
  )
}

/** `children`: the button that acts. */
export function FormActions(props: {
  /** What the way out is called, where it is not "Cancel". */
  cancel?: string
  /** Drawn with a border. */
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
