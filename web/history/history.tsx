// Everything that people did, latest first: who, when, what, and a button that undoes it. The service only ever adds to
// the history; an undo is an entry of its own.

import { useSearchParams } from '@solidjs/router'
import { useInfiniteQuery, useQuery } from '@tanstack/solid-query'
import { createMemo, For, type JSX, Show } from 'solid-js'
import type { Action } from '../../api/contract/action.ts'
import { History as HistoryIcon } from '../icons/icons.ts'
import { Message } from '../parts/message.tsx'
import { Paged } from '../parts/paged.tsx'
import { actionPages } from '../server/actions.ts'
import { filterChoices } from '../server/detections.ts'
import { dataOf } from '../server/query-client.ts'
import { dayOf } from './days.ts'
import { HistoryEntry } from './history-entry.tsx'
import './history.css'

const only = (value: string | string[] | undefined) => (typeof value === 'string' && value !== '' ? value : undefined)

export default function History(): JSX.Element {
  const [search, setSearch] = useSearchParams<{ person?: string }>()
  const pages = useInfiniteQuery(() => actionPages({ person: only(search.person) }))
  const choices = useQuery(filterChoices)
  const people = createMemo(() => {
    const known = dataOf(choices)?.people ?? []
    const asked = only(search.person)
    return asked === undefined || known.includes(asked) ? known : [asked, ...known]
  })
  const narrowed = () => only(search.person) !== undefined

  return (
    <div class="page history">
      <header class="page-head">
        <h1>History</h1>
        <label>
          <span class="unseen">Person</span>
          <select
            class="select"
            value={only(search.person) ?? ''}
            onChange={(event) => setSearch({ person: event.currentTarget.value || null })}
          >
            <option value="">Everybody</option>
            <For each={people()}>{(name) => <option value={name}>{name}</option>}</For>
          </select>
        </label>
      </header>
      <Paged
        pages={pages}
        waiting={<div class="skeleton history-waiting" role="status" aria-label="Loading the history" />}
        empty={
          <Message
            icon={<HistoryIcon size={26} />}
            title={narrowed() ? 'Nothing by this person yet' : 'No history yet'}
          >
            {narrowed()
              ? 'Choose “Everybody” to see the whole history.'
              : 'Everything that people confirm, correct, mark or draw is listed here and can be undone.'}
          </Message>
        }
      >
        {(actions) => (
          <>
            <Days actions={actions()} />
            <Show when={pages.hasNextPage}>
              <button
                type="button"
                class="button history-more"
                disabled={pages.isFetchingNextPage}
                onClick={() => void pages.fetchNextPage()}
              >
                Show earlier
              </button>
            </Show>
          </>
        )}
      </Paged>
    </div>
  )
}

function Days(props: { actions: readonly Action[] }): JSX.Element {
  /** Consecutive entries of the same day share one heading. */
  const days = createMemo(() => {
    const found: { day: string; actions: Action[] }[] = []
    for (const action of props.actions) {
      const day = dayOf(action.at)
      const last = found.at(-1)
      if (last?.day === day) last.actions.push(action)
      else found.push({ day, actions: [action] })
    }
    return found
  })
  return (
    <For each={days()}>
      {(group) => (
        <section class="history-day">
          <h2>{group.day}</h2>
          <ol>
            <For each={group.actions}>{(action) => <HistoryEntry action={action} />}</For>
          </ol>
        </section>
      )}
    </For>
  )
}
