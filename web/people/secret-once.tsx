// A link or a key that is shown this once, with a button that copies it.

import { createSignal, type JSX, Show } from 'solid-js'
import { Check } from '../icons/icons.ts'
import { Modal } from '../parts/modal.tsx'

export function SecretOnce(props: {
  title: string
  text: string
  /** Null: closed. */
  secret: string | null
  onClose: () => void
}): JSX.Element {
  const [copied, setCopied] = createSignal(false)
  const copy = async () => {
    await navigator.clipboard.writeText(props.secret ?? '')
    setCopied(true)
  }
  const close = () => {
    setCopied(false)
    props.onClose()
  }
  return (
    <Modal open={props.secret !== null} onClose={close} title={props.title} description={props.text}>
      <div class="form">
        <label class="field">
          <span class="unseen">{props.title}</span>
          <input class="input" readonly value={props.secret ?? ''} onFocus={(event) => event.currentTarget.select()} />
        </label>
        <div class="form-actions">
          <Show when={navigator.clipboard}>
            <button type="button" class="button" onClick={() => void copy()}>
              <Show when={copied()}>
                <Check size={16} />
              </Show>
              {copied() ? 'Copied' : 'Copy'}
            </button>
          </Show>
          <button type="button" class="button primary" onClick={close}>
            Done
          </button>
        </div>
      </div>
    </Modal>
  )
}
