// The first view. An empty installation explains the first step and offers it; one with photos shows their state.

import { useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, type JSX, Match, Switch } from 'solid-js'
import { Failure } from '../parts/message.tsx'
import { dataOf } from '../server/query-client.ts'
import { season } from '../server/season.ts'
import { upload } from '../upload/upload.ts'
import { Dashboard } from './dashboard.tsx'
import { Welcome } from './welcome.tsx'

export default function Overview(): JSX.Element {
  const totals = useQuery(season)
  const [welcomed, setWelcomed] = createSignal(false)
  const isEmpty = createMemo(() => {
    const now = dataOf(totals)
    return now !== undefined && !now.hasPhotos
  })
  // A person who starts with the welcome page follows the first import there to its end.
  const welcomes = createMemo(() => {
    const first = isEmpty() || (welcomed() && upload() !== null)
    if (first) setWelcomed(true)
    return first
  })
  return (
    <Switch fallback={<div class="page" aria-busy="true" />}>
      <Match when={totals.isError}>
        <Failure error={totals.error} retry={() => void totals.refetch()} />
      </Match>
      <Match when={welcomes()}>
        <Welcome />
      </Match>
      <Match when={dataOf(totals)}>{(now) => <Dashboard now={now()} />}</Match>
    </Switch>
  )
}
