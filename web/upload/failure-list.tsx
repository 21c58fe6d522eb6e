// Photos that could not be read, each with its reason, and a button to try again where that can help.

import { A } from '@solidjs/router'
import { For, type JSX, Show } from 'solid-js'
import type { MediaItem } from '../../api/contract/media.ts'
import { RotateCcw } from '../icons/icons.ts'
import { mayAs } from '../person/person.ts'
import './failure-list.css'

type Failed = Pick<MediaItem, 'id' | 'filename'> & { failure?: MediaItem['failure'] | null }

export function FailureList<T extends Failed>(props: {
  items: readonly T[]
  /** Whether names link to the photos. */
  linked?: boolean
  busy?: boolean
  /** Called only for photos that the service stores. */
  onRetry: (item: T & { id: string }) => void
}): JSX.Element {
  return (
    <ul>
      <For each={props.items}>
        {(item) => (
          <li class="failure-list-item">
            <Show
              when={props.linked && item.id !== null}
              fallback={<span class="failure-list-name">{item.filename}</span>}
            >
              <A class="failure-list-name" href={`/photos/${item.id}`}>
                {item.filename}
              </A>
            </Show>
            <span class="failure-list-reason">{item.failure?.message ?? 'No reason was given.'}</span>
            <Show when={mayAs('editor') && item.id}>
              {(id) => (
                <button
                  type="button"
                  class="button quiet"
                  disabled={props.busy === true}
                  onClick={() => props.onRetry({ ...item, id: id() })}
                >
                  <RotateCcw size={14} /> Try again
                </button>
              )}
            </Show>
          </li>
        )}
      </For>
    </ul>
  )
}
