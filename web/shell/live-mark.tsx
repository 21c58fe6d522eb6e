// The connection to the service and the version of the tree that answers; red when offline.

import { useQuery } from '@tanstack/solid-query'
import { type JSX, Show } from 'solid-js'
import { percentText } from '../parts/format.ts'
import { connected, publishing } from '../server/events.ts'
import { dataOf } from '../server/query-client.ts'
import { tree } from '../server/summary.ts'
import './live-mark.css'

export function LiveMark(): JSX.Element {
  const answering = useQuery(tree)
  return (
    <Show
      when={connected()}
      fallback={
        <span class="live-mark away" role="status" title="No connection to the service. This page keeps trying.">
          offline
        </span>
      }
    >
      <span class="live-mark" title="Version of the tree: the published version, then the changes learned since">
        <span>tree {dataOf(answering)?.treeVersion ?? '…'}</span>
        <Show when={publishing() !== null}>
          <span title="A new version of the tree is being made. Answers go on meanwhile.">
            , next {percentText(publishing() ?? 0)}
          </span>
        </Show>
      </span>
    </Show>
  )
}
