// One import: how far it is, what it brought, what could not be read, and what is left of it.

import { A, useParams } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { type JSX, Match, Show, Switch } from 'solid-js'
import type { Import } from '../../api/contract/exchange/import.ts'
import { allHereAlready, count, counted, duration, rate, when } from '../parts/format.ts'
import { Failure } from '../parts/message.tsx'
import { usePageTitle } from '../parts/page-title.ts'
import { importOne } from '../server/exchange/imports.ts'
import { dataOf } from '../server/query-client.ts'
import { ImportFailures } from '../upload/import-failures.tsx'
import { MissingFacts } from '../upload/missing/missing-facts.tsx'
import { ProgressBar } from '../upload/progress-bar.tsx'
import { ImportLeft } from './import-left.tsx'
import './import-page.css'

const stateWords: Record<Import['status'], string> = {
  running: 'Photos are still being sent',
  indexing: 'Looking for animals',
  learning: 'Learning from the labels',
  done: 'Done',
}

export default function ImportPage(): JSX.Element {
  const params = useParams<{ id: string }>()
  const asked = useQuery(() => ({
    ...importOne(params.id),
    // Events tell the progress; this covers lost ones.
    refetchInterval: (query) => (query.state.data?.status === 'done' ? false : 3000),
  }))
  usePageTitle(() => dataOf(asked)?.name)
  return (
    <div class="page in-parts import-page">
      <Switch fallback={<div class="skeleton import-page-waiting" role="status" aria-label="Loading the import" />}>
        <Match when={asked.isError}>
          <Failure title="This import could not be loaded" error={asked.error} retry={() => void asked.refetch()} />
        </Match>
        <Match when={dataOf(asked)}>{(now) => <Loaded now={now()} />}</Match>
      </Switch>
    </div>
  )
}

function Loaded(props: { now: Import }): JSX.Element {
  const handed = () => props.now.indexed + props.now.queued + props.now.failed
  const total = () => props.now.total ?? handed() + props.now.known
  /** Photos that the importer announced and never sent. */
  const missing = () => (props.now.status === 'running' ? 0 : Math.max(0, total() - handed() - props.now.known))
  const isDone = () => props.now.status === 'done'
  const outcome = () => {
    if (props.now.known > 0 && handed() === 0) return allHereAlready(props.now.known)
    const said = [
      counted(props.now.indexed, 'photo'),
      props.now.known > 0 && `${count(props.now.known)} were here already`,
      props.now.queued > 0 && `${count(props.now.queued)} waiting`,
      props.now.failed > 0 && `${count(props.now.failed)} could not be read`,
      missing() > 0 && `${count(missing())} of ${count(total())} never arrived`,
    ].filter((part) => part !== false)
    return `${said.join(', ')}.`
  }
  return (
    <>
      <header class="page-head">
        <div>
          <p class="overline">Import of {when(props.now.createdAt)}</p>
          <h1>{props.now.name}</h1>
        </div>
        <A href="/add" class="button">
          All imports
        </A>
      </header>
      <section class="panel import-page-state" aria-label="State">
        <h2>{stateWords[props.now.status]}</h2>
        <p role="status">
          {outcome()} <Show when={!isDone() && props.now.photosPerSecond}>{(r) => <>{rate(r())}. </>}</Show>
          <Show when={!isDone() && props.now.secondsLeft}>{(s) => <>About {duration(s())} left.</>}</Show>
        </p>
        <Show when={!isDone()}>
          <ProgressBar
            label={`Progress of ${props.now.name}`}
            total={total()}
            done={props.now.indexed + props.now.failed + props.now.known}
            sent={handed() + props.now.known}
          />
        </Show>
        <Show when={missing() > 0}>
          <p>Import the same folder again to bring the rest: what is here is not sent twice.</p>
        </Show>
        <ImportFailures importId={props.now.id} failed={props.now.failed} refused={[]} />
      </section>
      <Show when={props.now.indexed > 0}>
        <Show when={isDone()}>
          <MissingFacts importId={props.now.id} />
        </Show>
        <ImportLeft id={props.now.id} name={props.now.name} isDone={isDone()} indexed={props.now.indexed} />
      </Show>
    </>
  )
}
