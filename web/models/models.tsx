// Models: what runs and whether it works here, what else can be chosen, and bringing further ones.

import { A } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, For, type JSX, Show } from 'solid-js'
import type { Model } from '../../api/contract/models/model.ts'
import { Callout } from '../parts/callout.tsx'
import { Failure } from '../parts/message.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { modelList } from '../server/models/models.ts'
import { dataOf } from '../server/query-client.ts'
import { OnlyFor } from '../shell/only-for.tsx'
import { AddModel } from './add-model.tsx'
import { Catalogue } from './catalogue.tsx'
import { DetectorCompare } from './detector-compare.tsx'
import { DetectorThreshold } from './detector-threshold.tsx'
import { ModelCard } from './model-card.tsx'
import { ModelCheck } from './model-check.tsx'
import { TrainingSet } from './training-set.tsx'
import './models.css'

export default function Models(): JSX.Element {
  return (
    <div class="page in-parts">
      <PageHead
        title="Models"
        lead={
          <>
            The detector finds animals in a photo. The embedder turns each animal into numbers, which the tree learns
            from. <A href="/insight/versions">Versions of the tree</A> say how right it is with them.
          </>
        }
      />
      <OnlyFor least="admin" what="choose models">
        <Everything />
      </OnlyFor>
    </div>
  )
}

function Everything(): JSX.Element {
  const query = useQuery(modelList)
  const list = () => dataOf(query)
  const of = (kind: Model['kind'], inUse: boolean) =>
    (list()?.items ?? []).filter((model) => model.kind === kind && model.inUse === inUse)
  const faulty = createMemo(() => (list()?.items ?? []).filter(({ kind }) => kind === null))
  const used = createMemo(() => [...of('detector', true), ...of('embedder', true)])
  return (
    <>
      <Show when={query.isError}>
        <Failure error={query.error} retry={() => void query.refetch()} />
      </Show>
      <section class="part" aria-label="In use">
        <h2>In use</h2>
        <For each={['detector', 'embedder'] as const}>
          {(kind) => (
            <Show when={list()?.decidedBy[kind] === 'environment'}>
              <Callout tone="ochre">
                The setting {kind.toUpperCase()} names the {kind}, so each start uses that one again. Remove the setting
                to keep what you choose here.
              </Callout>
            </Show>
          )}
        </For>
        <div class="models-cards">
          <For each={used()} fallback={<div class="skeleton models-wait" role="status" aria-label="Reading models" />}>
            {(model) => <ModelCard model={model} />}
          </For>
        </div>
        <ModelCheck provider={list()?.provider} />
      </section>
      <For each={['detector', 'embedder'] as const}>
        {(kind) => (
          <Show when={of(kind, false).length > 0}>
            <section class="part" aria-label={`Other ${kind}s`}>
              <h2>Other {kind}s</h2>
              <div class="models-cards">
                <For each={of(kind, false)}>{(model) => <ModelCard model={model} />}</For>
              </div>
            </section>
          </Show>
        )}
      </For>
      <For each={faulty()}>
        {(model) => (
          <Callout tone="rust">
            {model.name}: {model.fault}
          </Callout>
        )}
      </For>
      <Show when={of('detector', true)[0]}>{(detector) => <DetectorThreshold model={detector()} />}</Show>
      <DetectorCompare inUse={of('detector', true)[0]} others={of('detector', false)} />
      <TrainingSet />
      <Catalogue />
      <AddModel />
    </>
  )
}
