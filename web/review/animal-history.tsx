// The history of this animal, newest first: its identifications, and changes to its box, marks and notes. Undone steps
// are struck through.

import { useInfiniteQuery } from '@tanstack/solid-query'
import { createMemo, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { Action } from '../../api/contract/action.ts'
import type { Identification } from '../../api/contract/identification.ts'
import { ago, when } from '../parts/format.ts'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { actionPages } from '../server/actions.ts'
import { dataOf } from '../server/query-client.ts'
import './animal-history.css'

type Event =
  | { at: string; person: string; undone: boolean; said: Identification; done: null }
  | { at: string; person: string; undone: boolean; said: null; done: Action }

const basisWords: Record<Identification['basis']['kind'], string> = {
  suggestion: 'from a suggestion',
  search: 'by search',
  similar: 'from a similar photo',
  bulk: 'together with others',
  import: '',
}

const personWords = (person: string) =>
  person.startsWith('import:') ? `import “${person.slice('import:'.length)}”` : person === 'local' ? 'unnamed' : person

/**
 * Identifications have entries of their own, and an undo only strikes through what it undoes. This keeps the other
 * actions.
 */
const isOther = (action: Action) =>
  (action.kind === 'box' || action.kind === 'mark' || action.kind === 'note' || action.kind === 'observation') &&
  action.undoesId === null &&
  action.redoesId === null

export function AnimalHistory(props: { detectionId: string; identifications: readonly Identification[] }): JSX.Element {
  const asked = useInfiniteQuery(() => actionPages({ detectionId: props.detectionId }))
  const events = createMemo<Event[]>(() => {
    const said = props.identifications.map<Event>((i) => ({
      at: i.createdAt,
      person: i.person,
      undone: i.withdrawnAt !== null,
      said: i,
      done: null,
    }))
    const done = (dataOf(asked)?.pages ?? [])
      .flatMap((page) => page.items)
      .filter(isOther)
      .map<Event>((action) => ({
        at: action.at,
        person: action.person,
        undone: action.undone,
        said: null,
        done: action,
      }))
    return [...said, ...done].sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
  })
  return (
    <Show when={events().length > 0}>
      <section class="animal-history">
        <h3 class="overline">History</h3>
        <ol>
          <For each={events()}>
            {(event) => (
              <li class="animal-history-event" classList={{ withdrawn: event.undone }}>
                <Switch>
                  <Match when={event.said}>
                    {(identification) => (
                      <>
                        <TaxonName taxon={identification().taxon} common={false} />
                        <Show when={identification().proposal}>
                          <span class="chip ochre">proposed label</span>
                        </Show>
                      </>
                    )}
                  </Match>
                  <Match when={event.done}>
                    {(action) => <span class="animal-history-done">{action().summary}</span>}
                  </Match>
                </Switch>
                <span class="animal-history-who">
                  {[personWords(event.person), event.said === null ? '' : basisWords[event.said.basis.kind]]
                    .filter(Boolean)
                    .join(', ')}
                  ,{' '}
                  <time datetime={event.at} title={when(event.at)}>
                    {ago(event.at)}
                  </time>
                  <Show when={event.undone}> · undone</Show>
                </span>
              </li>
            )}
          </For>
        </ol>
      </section>
    </Show>
  )
}
