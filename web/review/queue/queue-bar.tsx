// The bar with the current queue, its filters, how many animals wait in it and the person's pace.

import { A } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, type JSX, Show } from 'solid-js'
import { type AnimalFilter, listed } from '../../filter/filter.ts'
import { NarrowMenu } from '../../filter/narrow-menu.tsx'
import { QueueMenu } from '../../filter/queue-menu.tsx'
import { UnlikelyBoxes } from '../../filter/unlikely-boxes.tsx'
import { History } from '../../icons/icons.ts'
import { KeyHint } from '../../keys/key-hint.tsx'
import { WrongLeftShort } from '../../parts/answer/wrong-left.tsx'
import { count } from '../../parts/format.ts'
import { TaxonChip } from '../../parts/taxon/taxon-chip.tsx'
import { queueCounts } from '../../server/detections.ts'
import { dataOf } from '../../server/query-client.ts'
import { openKeySheet } from '../../shell/key-sheet.tsx'
import { perMinute } from './pace.ts'
import './queue-bar.css'

export function QueueBar(props: {
  filter: AnimalFilter
  passed: number
  moments: readonly number[]
  choosing: boolean
  onChoosing: (open: boolean) => void
  onFilter: (filter: AnimalFilter) => void
}): JSX.Element {
  const narrowing = createMemo(() => {
    const { queue: _, ...rest } = props.filter
    return rest
  })
  const counts = useQuery(() => queueCounts(listed(props.filter)))
  const waiting = createMemo(() => dataOf(counts)?.queues[0])
  const pace = createMemo(() => perMinute(props.moments))
  /** The share done since the queue was opened. It is null if the queue is too long to be counted in full. */
  const share = createMemo(() => {
    const left = waiting()
    return left === undefined || left.capped || props.passed === 0 ? null : props.passed / (props.passed + left.count)
  })
  return (
    <div class="view-bar queue-bar">
      <QueueMenu
        name={props.filter.queue}
        narrowing={narrowing()}
        open={props.choosing}
        onOpen={props.onChoosing}
        onName={(queue) => props.onFilter({ ...props.filter, queue })}
      />
      <NarrowMenu filter={props.filter} onChange={props.onFilter} />
      <Show when={props.filter.taxon}>
        {(taxon) => (
          <TaxonChip
            id={taxon()}
            onClear={() => {
              const { taxon: _, ...rest } = props.filter
              props.onFilter(rest)
            }}
          />
        )}
      </Show>
      <UnlikelyBoxes filter={props.filter} onFilter={props.onFilter} />
      <p class="view-bar-count queue-bar-count">
        <Show when={props.filter.queue === 'useful' && Object.keys(narrowing()).length === 0}>
          <WrongLeftShort />
        </Show>
        <Show when={props.passed > 0}>
          <span>{count(props.passed)} seen</span>
        </Show>
        <Show when={pace()}>{(n) => <span class="queue-bar-pace">{n()} a minute</span>}</Show>
      </p>
      <A href="/history" class="button quiet queue-bar-history" title="Who did what and when, with undo">
        <History size={15} /> <span>History</span>
      </A>
      <button type="button" class="button quiet key-hint" onClick={openKeySheet}>
        Keys <KeyHint action="help" />
      </button>
      <Show when={share()}>
        {(part) => (
          <div
            class="queue-bar-progress"
            role="progressbar"
            aria-label="Progress through this queue"
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow={Math.round(part() * 100)}
          >
            <span style={{ width: `${part() * 100}%` }} />
          </div>
        )}
      </Show>
    </div>
  )
}
