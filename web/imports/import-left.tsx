// What is left of an import: photos without a box, people, animals to look at, and the sure ones, which are confirmed
// together after a look at a few of them.

import { A } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createEffect, createSignal, type JSX, on, Show } from 'solid-js'
import type { Action } from '../../api/contract/action.ts'
import { counted } from '../parts/format.ts'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { mayAs, personKnown } from '../person/person.ts'
import { acceptSure, importState } from '../server/exchange/import-state.ts'
import { dataOf, queries } from '../server/query-client.ts'
import { PersonQuestion } from '../teaching/person-question.tsx'
import { step, undo } from '../teaching/teaching.ts'
import { SureOnes } from './sure-ones.tsx'
import './import-left.css'

const DEFAULT_LIMIT = 0.9

export function ImportLeft(props: { id: string; name: string; isDone: boolean; indexed: number }): JSX.Element {
  const [limit, setLimit] = createSignal(DEFAULT_LIMIT)
  const [seed, setSeed] = createSignal(crypto.randomUUID())
  const [asking, setAsking] = createSignal(false)
  const [busy, setBusy] = createSignal(false)
  const asked = useQuery(() => importState(props.id, limit(), seed()))
  const left = () => dataOf(asked)
  // What is left changes while photos are looked at.
  createEffect(on([() => props.indexed, () => props.isDone], () => void asked.refetch(), { defer: true }))

  const renew = () => {
    setSeed(crypto.randomUUID())
    void queries.invalidateQueries({ queryKey: ['import-state', props.id] })
  }
  const takeBack = async () => {
    const action: Action | null = await undo()
    renew()
    if (action !== null) notify({ title: `Undone: ${action.summary}` })
  }
  const accept = async (but: readonly string[]) => {
    if (!personKnown()) return setAsking(true)
    setBusy(true)
    try {
      const { action, identified } = await step(() => acceptSure(props.id, limit(), but))
      notify({
        title: action?.summary ?? 'Nothing was sure any more',
        ...(identified > 0 && { action: { label: 'Undo', act: () => void takeBack() } }),
      })
    } catch (error) {
      notifyFailure('Nothing was confirmed', error)
    } finally {
      setBusy(false)
      renew()
    }
  }
  const toLookAt = () => (left()?.waiting ?? 0) - (left()?.sure ?? 0)
  return (
    <Show when={left()}>
      {(now) => (
        <section class="import-left" aria-label="What is left">
          <Show when={now().sure > 0 && mayAs('editor')}>
            <SureOnes
              total={now().sure}
              expectedWrong={now().expectedWrong}
              sample={now().sample}
              limit={limit()}
              busy={busy()}
              onLimit={setLimit}
              onAccept={(but) => void accept(but)}
            />
          </Show>
          <h2>What is left</h2>
          <ul class="import-left-rest">
            <Show when={toLookAt() > 0}>
              <li>
                <A href={`/review?import=${props.id}`}>{counted(toLookAt(), 'animal')} to look at</A>
              </li>
            </Show>
            <Show when={now().identified > 0}>
              <li>{counted(now().identified, 'animal')} identified</li>
            </Show>
            <Show when={now().withoutBox > 0}>
              <li>
                <A href={`/review?queue=falseTrigger&import=${props.id}`}>
                  {counted(now().withoutBox, 'photo')} without a box
                </A>
                <Show when={mayAs('editor')}>
                  , <A href={`/add/false-triggers?import=${props.id}`}>set empty ones aside</A>
                </Show>
              </li>
            </Show>
            <Show when={now().people + now().vehicles > 0}>
              <li>
                {counted(now().people, 'person', 'people')} and {counted(now().vehicles, 'vehicle')}, which get no
                species
              </li>
            </Show>
            <Show when={now().waiting + now().withoutBox === 0}>
              <li>Nothing is left.</li>
            </Show>
          </ul>
          <Show when={asking()}>
            <PersonQuestion open onClose={() => setAsking(false)} />
          </Show>
        </section>
      )}
    </Show>
  )
}
