// Explains why there is nothing to show and what to do: an empty list, or a request that failed.

import { type JSX, Show } from 'solid-js'
import { sentenceOf } from '../server/client.ts'
import './message.css'

export function Message(props: {
  title: string
  children?: JSX.Element
  actions?: JSX.Element
  icon?: JSX.Element
}): JSX.Element {
  return (
    <div class="message">
      <Show when={props.icon}>
        <div class="message-icon" aria-hidden="true">
          {props.icon}
        </div>
      </Show>
      <h2>{props.title}</h2>
      <Show when={props.children}>
        <div class="message-text">{props.children}</div>
      </Show>
      <Show when={props.actions}>
        <div class="acts message-actions">{props.actions}</div>
      </Show>
    </div>
  )
}

export function Failure(props: { error: unknown; retry?: () => void; title?: string }): JSX.Element {
  return (
    <div role="alert">
      <Message
        title={props.title ?? 'This could not be loaded'}
        actions={
          <Show when={props.retry}>
            {(retry) => (
              <button type="button" class="button" onClick={() => retry()()}>
                Try again
              </button>
            )}
          </Show>
        }
      >
        {sentenceOf(props.error)}
      </Message>
    </div>
  )
}
