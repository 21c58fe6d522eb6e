// Photos that could not be read, with the reason and a button to try again.

import { type JSX, Show } from 'solid-js'
import type { Media } from '../../api/contract/media.ts'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { retryMedia } from '../server/media.ts'
import { queries } from '../server/query-client.ts'
import { FailureList } from '../upload/failure-list.tsx'

export async function tryAgain(media: Pick<Media, 'id' | 'filename'>): Promise<void> {
  try {
    await retryMedia(media.id)
    notify({ title: 'This photo is being processed again', text: media.filename })
    for (const queryKey of [['media'], ['media-one', media.id], ['summary']])
      void queries.invalidateQueries({ queryKey })
  } catch (error) {
    notifyFailure('This photo could not be queued again', error)
  }
}

export function FailedList(props: { items: readonly Media[]; more: () => void; hasMore: boolean }): JSX.Element {
  return (
    <div>
      <FailureList items={props.items} linked onRetry={(media) => void tryAgain(media)} />
      <Show when={props.hasMore}>
        <button type="button" class="button" onClick={() => props.more()}>
          Show more
        </button>
      </Show>
    </div>
  )
}
