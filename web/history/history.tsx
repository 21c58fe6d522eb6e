// Everything that people did, and their edits of the taxonomy, latest first: who, when, what, and a button that undoes
// it. The service only ever adds to the history; an undo is an entry of its own.

import { useSearchParams } from '@solidjs/router'
import { useInfiniteQuery, useQuery } from '@tanstack/solid-query'
import { createMemo, For, type JSX, Match, Show, Switch } from 'solid-js'
import { History as HistoryIcon } from '../icons/icons.ts'
import { Failure, Message } from '../parts/message.tsx'
import { actionPages } from '../server/actions.ts'
import { filterChoices } from '../server/detections.ts'
import { dataOf, itemsOf } from '../server/query-client.ts'
import { editPages } from '../server/taxonomy.ts'
import { dayOf } from './days.ts'
import { ActionEntry, EditEntry } from './entries.tsx'
import { type Entry, together } from './together.ts'
import './history.css'

const only = (value: string | string[] | undefined) => (typeof value === 'string' && value !== '' ? value : undefined)

export default function History(): JSX.Element {
  const [search, setSearch] = useSearchParams<{ person?: string }>()
  const pages = useInfiniteQuery(() => actionPages({ person: only(search.person) }))
  const edits = useInfiniteQuery(() => editPages(undefined, 50))
  const choices = useQuery(filterChoices)
  const people = createMemo(() => {
    const known = dataOf(choices)?.people ?? []
    const asked = only(search.person)
    return asked === undefined || known.includes(asked) ? known : [asked, ...known]
  })
  const entries = createMemo(() => {
    const person = only(search.person)
    const ofPerson = itemsOf(edits).filter((edit) => person === undefined || edit.person === person)
    const isLoading = edits.status === 'pending'
    return together(
      { items: itemsOf(pages), more: pages.hasNextPage },
      { items: isLoading ? [] : ofPerson, more: !isLoading && edits.hasNextPage },
    )
  })
  const hasMore = () => pages.hasNextPage || edits.hasNextPage
  const isFetching = () => pages.isFetchingNextPage || edits.isFetchingNextPage
  const showEarlier = () => {
    for (const list of [pages, edits]) if (list.hasNextPage) void list.fetchNextPage()
  }
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
      <Switch fallback={<div class="skeleton history-waiting" role="status" aria-label="Loading the history" />}>
        <Match when={pages.error ?? edits.error}>
          {(error) => <Failure error={error()} retry={() => void Promise.all([pages.refetch(), edits.refetch()])} />}
        </Match>
        <Match when={entries().length > 0}>
          <Days entries={entries()} />
          <Show when={hasMore()}>
            <button type="button" class="button history-more" disabled={isFetching()} onClick={showEarlier}>
              Show earlier
            </button>
          </Show>
        </Match>
        <Match when={pages.isSuccess && edits.isSuccess}>
          <Message
            icon={<HistoryIcon size={26} />}
            title={narrowed() ? 'Nothing by this person yet' : 'No history yet'}
          >
            {narrowed()
              ? 'Choose “Everybody” to see the whole history.'
              : 'Everything that people confirm, correct, mark or draw, and every edit of the taxonomy, is listed here and can be undone.'}
          </Message>
        </Match>
      </Switch>
    </div>
  )
}

function Days(props: { entries: readonly Entry[] }): JSX.Element {
  /** Consecutive entries of the same day share one heading. */
  const days = createMemo(() => {
    const found: { day: string; entries: Entry[] }[] = []
    for (const entry of props.entries) {
      const day = dayOf(entry.at)
      const last = found.at(-1)
      if (last?.day === day) last.entries.push(entry)
      else found.push({ day, entries: [entry] })
    }
    return found
  })
  return (
    <For each={days()}>
      {(group) => (
        <section class="history-day">
          <h2>{group.day}</h2>
          <ol>
            <For each={group.entries}>
              {({ action, edit }) => (action !== null ? <ActionEntry action={action} /> : <EditEntry edit={edit} />)}
            </For>
          </ol>
        </section>
      )}
    </For>
  )
}
