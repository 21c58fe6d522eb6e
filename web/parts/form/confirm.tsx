// Asks for confirmation before something that cannot be undone.

import type { JSX } from 'solid-js'
import { Modal } from '../modal.tsx'
import { FormActions } from './form.tsx'

export function Confirm(props: {
  open: boolean
  title: string
  text: string
  action: string
  onConfirm: () => void
  onClose: () => void
}): JSX.Element {
  return (
    <Modal open={props.open} onClose={props.onClose} title={props.title} description={props.text}>
      <FormActions framed onCancel={props.onClose}>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            props.onClose()
            props.onConfirm()
          }}
        >
          {props.action}
        </button>
      </FormActions>
    </Modal>
  )
}
