// A dialog over the page. Focus starts at its first field and stays inside; Escape closes it. Then the focus goes back
// to where it was, or to the view.

import { Dialog } from '@kobalte/core/dialog'
import { type JSX, onCleanup, Show } from 'solid-js'
import { X } from '../icons/icons.ts'
import { focusView, focusViewIfLost } from '../keys/focus.ts'
import './modal.css'

export function Modal(props: {
  title: string
  description?: string
  open: boolean
  onClose: () => void
  wide?: boolean
  children: JSX.Element
}): JSX.Element {
  let content: HTMLElement | undefined
  onCleanup(focusViewIfLost)
  return (
    <Dialog open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="modal-veil" />
        <div class="modal-place">
          <Dialog.Content
            class="modal"
            classList={{ wide: props.wide === true }}
            ref={(element: HTMLElement) => {
              content = element
            }}
            onCloseAutoFocus={focusView}
            onOpenAutoFocus={(event) => {
              const field = content?.querySelector<HTMLElement>('input, select')
              if (field === null || field === undefined) return
              event.preventDefault()
              field.focus()
            }}
          >
            <header class="modal-head">
              <Dialog.Title class="modal-title">{props.title}</Dialog.Title>
              <Dialog.CloseButton class="button quiet icon" aria-label="Close">
                <X size={18} />
              </Dialog.CloseButton>
            </header>
            <Show when={props.description}>
              <Dialog.Description class="modal-description">{props.description}</Dialog.Description>
            </Show>
            {props.children}
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog>
  )
}
