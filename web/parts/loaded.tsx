// What a query brings: a place holder until it is there, the failure with a way to ask again, or the data.

import { type Accessor, type JSX, Match, Switch } from 'solid-js'
import { dataOf } from '../server/query-client.ts'
import { Failure } from './message.tsx'

type Query<T> = {
  status: 'pending' | 'error' | 'success'
  data: T | undefined
  error: Error | null
  refetch: () => Promise<unknown>
}

export function Loaded<T extends object>(props: {
  query: Query<T>
  /** Shown until the data is there. */
  fallback: JSX.Element
  children: (data: Accessor<T>) => JSX.Element
}): JSX.Element {
  return (
    <Switch fallback={props.fallback}>
      <Match when={props.query.status === 'error'}>
        <Failure error={props.query.error} retry={() => void props.query.refetch()} />
      </Match>
      <Match when={dataOf(props.query)}>{(data) => props.children(data)}</Match>
    </Switch>
  )
}
