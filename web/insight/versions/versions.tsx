// The versions of the tree: how right each was, and which candidates were refused.

import { A } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import type { VersionHead } from '../../../api/contract/models/version.ts'
import { count, counted, percentText, when } from '../../parts/format.ts'
import { Failure, Message } from '../../parts/message.tsx'
import { versionList } from '../../server/models/versions.ts'
import { dataOf } from '../../server/query-client.ts'
import { InsightTabs } from '../insight-tabs.tsx'
import './versions.css'

export default function Versions(): JSX.Element {
  const query = useQuery(versionList)
  const items = () => dataOf(query)?.items ?? []
  return (
    <div class="page in-parts">
      <header class="page-head">
        <div>
          <h1>Versions</h1>
          <p class="page-lead">
            From time to time the tree’s statistics are estimated again. A new version answers only if it is not worse
            on photos that it was not fitted on.
          </p>
        </div>
        <InsightTabs filter={{}} />
      </header>
      <Switch fallback={<div class="skeleton versions-wait" role="status" aria-label="Loading versions" />}>
        <Match when={query.isError}>
          <Failure error={query.error} retry={() => void query.refetch()} />
        </Match>
        <Match when={items().length > 0}>
          <ul class="versions-list">
            <For each={items()}>
              {(one) => (
                <li class="panel versions-one">
                  <Version of={one} />
                </li>
              )}
            </For>
          </ul>
        </Match>
        <Match when={query.isSuccess}>
          <Message title="No version yet">
            The first one is made by itself when some animals have been named. It says how right the tree is, and what
            it mistakes.
          </Message>
        </Match>
      </Switch>
    </div>
  )
}

function Version(props: { of: VersionHead }): JSX.Element {
  const lowest = () => props.of.ranks.at(-1)
  return (
    <>
      <h2>
        <A href={`/insight/versions/${props.of.version}`}>Version {props.of.version}</A> <VersionState of={props.of} />
      </h2>
      <p class="versions-facts">
        {when(props.of.createdAt)}. {counted(props.of.examples, 'example')} of {counted(props.of.taxa, 'taxon', 'taxa')}
        , {props.of.embedder.name}.
      </p>
      <Show when={lowest()} fallback={<p class="versions-facts">Too few groups of photos to judge it.</p>}>
        {(rank) => (
          <p>
            Right {rank().rank} in {percentText(rank().share)} of {count(rank().photos)} photos (95 % interval{' '}
            {percentText(rank().low)} to {percentText(rank().high)})
          </p>
        )}
      </Show>
      <Show when={props.of.reasons.length > 0}>
        <ul class="versions-reasons" aria-label="What speaks against it">
          <For each={props.of.reasons}>{(reason) => <li>{reason}</li>}</For>
        </ul>
      </Show>
    </>
  )
}

export function VersionState(props: { of: Pick<VersionHead, 'current' | 'refused'> }): JSX.Element {
  return (
    <>
      <Show when={props.of.current}>
        <span class="versions-state leaf">answers</span>
      </Show>
      <Show when={props.of.refused}>
        <span class="versions-state rust">refused</span>
      </Show>
    </>
  )
}
