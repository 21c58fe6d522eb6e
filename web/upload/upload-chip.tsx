// The progress of a running upload, visible in every view.

import { A } from '@solidjs/router'
import { type JSX, Show } from 'solid-js'
import { Upload } from '../icons/icons.ts'
import { isSending, upload } from './upload.ts'

export function UploadChip(): JSX.Element {
  return (
    <Show when={isSending() && upload()}>
      {(now) => (
        <A href="/add" class="chip leaf" aria-label={`Uploading photos: ${now().sent} of ${now().total}`}>
          <Upload size={13} /> {Math.floor((now().sent / Math.max(now().total, 1)) * 100)} %
        </A>
      )}
    </Show>
  )
}
