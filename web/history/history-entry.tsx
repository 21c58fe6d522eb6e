// One entry of the history: the animal, what was done, who, when, and Undo or Redo where that is possible.

import { A } from '@solidjs/router'
import { createSignal, type JSX, Show } from 'solid-js'
import type { Action } from '../../api/contract/action.ts'
import { Redo2, Undo2 } from '../icons/icons.ts'
import { count, when } from '../parts/format.ts'
import { notifyFailure } from '../parts/notices.tsx'
import { redoAction, undoAction } from '../server/actions.ts'
import { queries } from '../server/query-client.ts'
import { timeOf } from './days.ts'
import './history-entry.css'

export function HistoryEntry(props: { action: Action }): JSX.Element {
  const [busy, setBusy] = createSignal(false)
  const [broken, setBroken] = createSignal(false)
  const first = () => props.action.detectionIds[0]
  const place = () => {
    const id = first()
    if (id !== undefined) return `/review/${id}`
    const media = props.action.mediaIds[0]
    return media === undefined ? null : `/photos/${media}`
  }
  const take = async () => {
    const { id, undone } = props.action
    setBusy(true)
    try {
      await (undone ? redoAction(id) : undoAction(id))
    } catch (error) {
      notifyFailure(undone ? 'This could not be redone' : 'This could not be undone', error)
    } finally {
      setBusy(false)
      void queries.invalidateQueries()
    }
  }
  /** Entries for an undo or redo offer no button: the entry of the original action does. */
  const isStep = () => props.action.undoesId === null && props.action.redoesId === null
  const picture = () => {
    const media = props.action.mediaIds[0]
    if (first() !== undefined) return `/api/detections/${first()}/crop`
    return media === undefined ? undefined : `/api/media/${media}/image?width=200`
  }
  const thumb = () => (
    <Show when={picture() !== undefined && !broken()} fallback={<span class="thumb history-entry-thumb" />}>
      <img class="thumb history-entry-thumb" src={picture()} alt="" loading="lazy" onError={() => setBroken(true)} />
    </Show>
  )
  return (
    <li class="history-entry" classList={{ undone: props.action.undone, step: !isStep() }}>
      <Show when={place()} fallback={thumb()}>
        {(href) => (
          <A href={href()} aria-label={`Open: ${props.action.summary}`} tabindex="-1">
            {thumb()}
          </A>
        )}
      </Show>
      <p class="history-entry-what">
        <Show when={place()} fallback={props.action.summary}>
          {(href) => <A href={href()}>{props.action.summary}</A>}
        </Show>
        <Show when={props.action.undone}>
          <span class="chip">undone</span>
        </Show>
        <Show when={props.action.subjects > 1}>
          <span class="history-entry-many">{count(props.action.subjects)} changed</span>
        </Show>
      </p>
      <span class="history-entry-person">{props.action.person === 'local' ? 'unnamed' : props.action.person}</span>
      <time datetime={props.action.at} title={when(props.action.at)}>
        {timeOf(props.action.at)}
      </time>
      <span class="history-entry-act">
        <Show when={isStep()}>
          <button
            type="button"
            class="button quiet"
            disabled={busy()}
            aria-label={`${props.action.undone ? 'Redo' : 'Undo'}: ${props.action.summary}`}
            onClick={() => void take()}
          >
            {props.action.undone ? <Redo2 size={15} /> : <Undo2 size={15} />}
            {props.action.undone ? 'Redo' : 'Undo'}
          </button>
        </Show>
      </span>
    </li>
  )
}
