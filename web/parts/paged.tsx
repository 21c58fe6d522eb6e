// A list that comes in pages: while it is asked for, when that failed, when there is nothing in it, and else what it holds.

import { type JSX, Match, Switch } from 'solid-js'
import { Failure } from './message.tsx'

export function Paged(props: {
  pages: { isError: boolean; isSuccess: boolean; error: unknown; refetch: () => Promise<unknown> }
  count: number
  /** While it is asked for. */
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
