// The column next to a photo with an answer: the verdict in words, the path, and the suggestions with their evidence.

import { type JSX, Show } from 'solid-js'
import './answer-panel.css'

export function AnswerPanel(props: { children: JSX.Element }): JSX.Element {
  return <div class="answer-panel">{props.children}</div>
}

/** `aside` is shown at the end of the title's line. */
export function AnswerSection(props: { title: string; aside?: JSX.Element; children: JSX.Element }): JSX.Element {
  return (
    <section>
      <div class="answer-panel-head">
        <h2 class="overline">{props.title}</h2>
        <Show when={props.aside}>{props.aside}</Show>
      </div>
      {props.children}
    </section>
  )
}

export function AnswerNote(props: { children: JSX.Element }): JSX.Element {
  return <p class="answer-panel-note">{props.children}</p>
}
