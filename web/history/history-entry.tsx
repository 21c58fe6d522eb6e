// A row of the history: a picture, what was done and where, who, when, and a button that undoes or redoes it.

import { A } from '@solidjs/router'
import { createSignal, type JSX, Show } from 'solid-js'
import { Redo2, Undo2 } from '../icons/icons.ts'
import { when } from '../parts/format.ts'
import { mayAs, person } from '../person/person.ts'
import { timeOf } from './days.ts'
import './history-entry.css'

export function HistoryEntry(props: {
  summary: string
  /** Where it can be looked at; null: nowhere. */
  href: string | null
  picture?: string | undefined
  /** What stands in for a picture. */
  sign?: JSX.Element
  undone: boolean
  /** It undid or redid another one. */
  isStep?: boolean
  aside?: JSX.Element
  person: string
  at: string
  /** Null: it cannot be undone or redone here. */
  act: 'Undo' | 'Redo' | null
  onAct: () => Promise<void>
}): JSX.Element {
  const [busy, setBusy] = createSignal(false)
  /** One's own, or as an editor anybody's. */
  const mayTake = () => mayAs('editor') || (mayAs('reviewer') && props.person === person())
  const [broken, setBroken] = createSignal(false)
  const act = async () => {
    setBusy(true)
    await props.onAct()
    setBusy(false)
  }
  const thumb = () => (
    <Show
      when={props.picture !== undefined && !broken()}
      fallback={<span class="thumb history-entry-thumb">{props.sign}</span>}
    >
      <img
        class="thumb history-entry-thumb"
        src={props.picture}
        alt=""
        loading="lazy"
        onError={() => setBroken(true)}
      />
    </Show>
  )
  return (
    <li class="history-entry" classList={{ undone: props.undone, step: props.isStep === true }}>
      <Show when={props.href} fallback={thumb()}>
        {(href) => (
          <A href={href()} aria-label={`Open: ${props.summary}`} tabindex="-1">
            {thumb()}
          </A>
        )}
      </Show>
      <p class="history-entry-what">
        <Show when={props.href} fallback={props.summary}>
          {(href) => <A href={href()}>{props.summary}</A>}
        </Show>
        <Show when={props.undone}>
          <span class="chip">undone</span>
        </Show>
        <Show when={props.aside}>
          <span class="history-entry-aside">{props.aside}</span>
        </Show>
      </p>
      <span class="history-entry-person">{props.person === 'local' ? 'unnamed' : props.person}</span>
      <time datetime={props.at} title={when(props.at)}>
        {timeOf(props.at)}
      </time>
      <span class="history-entry-act">
        <Show when={mayTake() && props.act}>
          {(word) => (
            <button
              type="button"
              class="button quiet"
              disabled={busy()}
              aria-label={`${word()}: ${props.summary}`}
              onClick={() => void act()}
            >
              {word() === 'Redo' ? <Redo2 size={15} /> : <Undo2 size={15} />}
              {word()}
            </button>
          )}
        </Show>
      </span>
    </li>
  )
}
