// Short notices at the edge of the page about things that happen elsewhere, mostly failed requests.

import { Toast, toaster } from '@kobalte/core/toast'
import { type JSX, Show } from 'solid-js'
import { Portal } from 'solid-js/web'
import { X } from '../icons/icons.ts'
import { sentenceOf } from '../server/client.ts'
import './notices.css'

type Notice = { title: string; text?: string; tone?: 'plain' | 'rust'; action?: { label: string; act: () => void } }

export function notify(notice: Notice): void {
  toaster.show((shown) => (
    <Toast
      as="div"
      toastId={shown.toastId}
      class={`notices-one ${notice.tone ?? 'plain'}`}
      priority={notice.tone === 'rust' ? 'high' : 'low'}
    >
      <div class="notices-words">
        <Toast.Title class="notices-title">{notice.title}</Toast.Title>
        <Show when={notice.text}>
          <Toast.Description class="notices-text">{notice.text}</Toast.Description>
        </Show>
        <Show when={notice.action}>
          {(action) => (
            <button
              type="button"
              class="button"
              onClick={() => {
                toaster.dismiss(shown.toastId)
                action().act()
              }}
            >
              {action().label}
            </button>
          )}
        </Show>
      </div>
      <Toast.CloseButton class="button quiet icon" aria-label="Dismiss">
        <X size={16} />
      </Toast.CloseButton>
    </Toast>
  ))
}

export const notifyFailure = (title: string, error: unknown, action?: Notice['action']): void =>
  notify({ title, text: sentenceOf(error), tone: 'rust', action })

export function Notices(): JSX.Element {
  return (
    <Portal>
      <Toast.Region duration={7000} limit={3} aria-label="Notices">
        {/* Each notice has the role "status", which list items cannot have. */}
        <Toast.List as="div" class="notices" />
      </Toast.Region>
    </Portal>
  )
}
