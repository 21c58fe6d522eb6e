// The states of a list that is loaded in pages: loading, failed, empty, or its content.

import { type Accessor, createMemo, type JSX, Match, Switch } from 'solid-js'
import { itemsOf } from '../server/query-client.ts'
import { Failure } from './message.tsx'

type Pages<T> = Parameters<typeof itemsOf<T>>[0] & { error: unknown; refetch: () => Promise<unknown> }

export function Paged<T>(props: {
  pages: Pages<T>
  /** Shown while the first page loads. */
  waiting: JSX.Element
  empty: JSX.Element
  children: (items: Accessor<T[]>) => JSX.Element
}): JSX.Element {
  const items = createMemo(() => itemsOf(props.pages))
  return (
    <Switch fallback={props.waiting}>
      <Match when={props.pages.status === 'error'}>
        <Failure error={props.pages.error} retry={() => void props.pages.refetch()} />
      </Match>
      <Match when={props.pages.status === 'success' && items().length === 0}>{props.empty}</Match>
      <Match when={props.pages.status === 'success'}>{props.children(items)}</Match>
    </Switch>
  )
}
