// Photos that could not be looked at, with the reason and a second try.

import { A } from '@solidjs/router'
import { RotateCcw } from 'lucide-solid'
import { For, type JSX, Show } from 'solid-js'
import type { Media } from '../../api/contract/media.ts'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { retryMedia } from '../server/media.ts'
import { queries } from '../server/query-client.ts'
import '../upload/import-failures.css'

export async function tryAgain(media: Pick<Media, 'id' | 'filename'>): Promise<void> {
  try {
    await retryMedia(media.id)
    notify({ title: 'It is looked at again', text: media.filename })
    for (const queryKey of [['media'], ['media-one', media.id], ['summary']])
      void queries.invalidateQueries({ queryKey })
  } catch (error) {
    notifyFailure('This photo could not be tried again', error)
  }
}

export function FailedList(props: { items: readonly Media[]; more: () => void; hasMore: boolean }): JSX.Element {
  return (
    <div class="import-failures">
      <ul>
        <For each={props.items}>
          {(media) => (
            <li>
              <A class="failed-name" href={`/photos/${media.id}`}>
                {media.filename}
              </A>
              <span class="failed-reason">{media.failure?.message ?? 'No reason was given.'}</span>
              <button type="button" class="button quiet" onClick={() => void tryAgain(media)}>
                <RotateCcw size={14} /> Try again
              </button>
            </li>
          )}
        </For>
      </ul>
      <Show when={props.hasMore}>
        <button type="button" class="button" onClick={() => props.more()}>
          Show more
        </button>
      </Show>
    </div>
  )
}
