// The states of a list that is loaded in pages: loading, failed, empty, or its content.

import { type JSX, Match, Switch } from 'solid-js'
import { Failure } from './message.tsx'

export function Paged(props: {
  pages: { isError: boolean; isSuccess: boolean; error: unknown; refetch: () => Promise<unknown> }
  count: number
  /** Shown while the first page loads. */
  waiting: JSX.Element
  empty: JSX.Element
  children: JSX.Element
}): JSX.Element {
  return (
    <Switch fallback={props.waiting}>
      <Match when={props.pages.isError}>
        <Failure error={props.pages.error} retry={() => void props.pages.refetch()} />
      </Match>
      <Match when={props.pages.isSuccess && props.count === 0}>{props.empty}</Match>
      <Match when={props.pages.isSuccess}>{props.children}</Match>
    </Switch>
  )
}
