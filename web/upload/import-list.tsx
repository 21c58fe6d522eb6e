// Recent imports: running ones with their progress, the others with their results.

import { A } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, For, type JSX, Show } from 'solid-js'
import type { Import } from '../../api/contract/exchange/import.ts'
import { ago, count, counted, duration, rate } from '../parts/format.ts'
import { importList } from '../server/exchange/imports.ts'
import { dataOf } from '../server/query-client.ts'
import { ProgressBar } from './progress-bar.tsx'
import './import-list.css'

const stateWords: Record<Import['status'], string> = {
  running: 'uploading',
  indexing: 'finding animals',
  learning: 'learning',
  done: 'done',
}

export function ImportList(): JSX.Element {
  const list = useQuery(importList)
  const imports = createMemo(() => dataOf(list)?.items ?? [])
  return (
    <Show when={imports().length > 0}>
      <section class="import-list">
        <h2>Imports</h2>
        <ul>
          <For each={imports()}>
            {(item) => (
              <li>
                <A class="import-list-name" href={`/imports/${item.id}`}>
                  {item.name}
                </A>
                <span class="import-list-facts">
                  <Show when={item.indexed > 0 || item.known === 0}>{counted(item.indexed, 'photo')}</Show>
                  <Show when={item.known > 0}>
                    {item.indexed > 0 ? ', ' : 'all '}
                    {count(item.known)} here already
                  </Show>
                  <Show when={item.queued > 0}>, {count(item.queued)} waiting</Show>
                  <Show when={item.failed > 0}>
                    , <span class="import-list-failed">{count(item.failed)} failed</span>
                  </Show>
                </span>
                <span class="import-list-when">
                  <Show when={item.status === 'done'} fallback={stateWords[item.status]}>
                    {ago(item.doneAt ?? item.createdAt)}
                  </Show>
                  <Show when={item.status !== 'done' && item.photosPerSecond}>{(r) => <> · {rate(r())}</>}</Show>
                  <Show when={item.status !== 'done' && item.secondsLeft}>{(s) => <> · {duration(s())} left</>}</Show>
                </span>
                <Show when={item.status !== 'done'}>
                  <div class="import-list-progress">
                    <ProgressBar
                      label={`Progress of ${item.name}`}
                      total={item.total ?? item.indexed + item.queued + item.failed}
                      done={item.indexed + item.failed + item.known}
                      sent={item.indexed + item.queued + item.failed + item.known}
                    />
                  </div>
                </Show>
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  )
}
