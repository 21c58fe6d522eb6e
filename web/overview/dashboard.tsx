// The state of an installation with photos: what to do next, counts, and what needs attention.

import { A } from '@solidjs/router'
import { useInfiniteQuery } from '@tanstack/solid-query'
import { createMemo, For, type JSX, Show } from 'solid-js'
import { ArrowRight, ImagePlus } from '../icons/icons.ts'
import { count, counted } from '../parts/format.ts'
import { detectionPages } from '../server/detections.ts'
import { dataOf } from '../server/query-client.ts'
import type { Summary } from '../server/summary.ts'
import { ImportList } from '../upload/import-list.tsx'
import { RefusedVersion } from './refused-version.tsx'
import './dashboard.css'

const SHOWN = 10

export function Dashboard(props: { now: Summary }): JSX.Element {
  const unsure = useInfiniteQuery(() =>
    detectionPages({ state: 'unidentified', order: 'unsure', kind: 'animal' }, SHOWN),
  )
  const waiting = createMemo(() => dataOf(unsure)?.pages[0]?.items ?? [])
  const decided = () => props.now.detections.identified
  const open = () => props.now.detections.unidentified
  const share = () => (decided() + open() === 0 ? 0 : decided() / (decided() + open()))

  return (
    <div class="page dashboard">
      <header class="page-head">
        <h1>{open() > 0 ? `${counted(open(), 'animal')} to identify` : 'Every animal is identified'}</h1>
        <A href="/add" class="button">
          <ImagePlus size={16} /> Add photos
        </A>
      </header>

      <Show when={props.now.refused}>{(refused) => <RefusedVersion refused={refused()} />}</Show>

      <section class="dashboard-next" aria-label="Continue reviewing">
        <Show
          when={waiting().length > 0}
          fallback={<p class="dashboard-next-none">Nothing is waiting. New photos will appear here.</p>}
        >
          <ul class="dashboard-next-crops" aria-label="Least certain first">
            <For each={waiting()}>
              {(d) => (
                <li>
                  <A
                    href={`/review/${d.id}`}
                    aria-label={`Review: perhaps ${d.suggestion?.taxon?.name ?? 'something new'}`}
                  >
                    <img src={d.cropUrl} alt="" loading="lazy" />
                  </A>
                </li>
              )}
            </For>
          </ul>
        </Show>
        <div class="dashboard-next-foot">
          <div class="dashboard-next-share">
            <div class="track dashboard-line" aria-hidden="true">
              <span style={{ width: `${share() * 100}%` }} />
            </div>
            <p>
              {count(decided())} of {count(decided() + open())} animals identified
            </p>
          </div>
          <A href="/labels" class="button big">
            Doubted labels
          </A>
          <A href="/review" class="button primary big">
            Continue reviewing <ArrowRight size={18} />
          </A>
        </div>
      </section>

      <dl class="dashboard-tally">
        <Figure
          name="photos"
          value={props.now.media.indexed}
          href="/photos"
          note={props.now.media.queued > 0 ? `${count(props.now.media.queued)} still waiting` : undefined}
        />
        <Figure name="animals found" value={props.now.detections.animal} href="/review" />
        <Figure
          name="taxa taught"
          value={props.now.taughtTaxa}
          href="/taxa"
          note={`of ${count(props.now.taxa)} in the taxonomy`}
        />
        <Figure
          name="in conflict"
          value={props.now.detections.conflict}
          href="/review?queue=conflict"
          tone={props.now.detections.conflict > 0 ? 'rust' : undefined}
        />
        <Figure
          name="failed photos"
          value={props.now.media.failed}
          href="/photos?status=failed"
          tone={props.now.media.failed > 0 ? 'rust' : undefined}
        />
        <Figure
          name="people and vehicles"
          value={props.now.detections.person + props.now.detections.vehicle}
          href="/photos"
          note="not identified"
        />
      </dl>

      <ImportList />
      <p class="dashboard-versions">
        Tree {props.now.treeVersion} · detector {props.now.models.detector.name} · embedder{' '}
        {props.now.models.embedder.name}
      </p>
    </div>
  )
}

function Figure(props: { name: string; value: number; href: string; note?: string; tone?: 'rust' }): JSX.Element {
  return (
    <div class="dashboard-figure" classList={{ rust: props.tone === 'rust' }}>
      <dt>{props.name}</dt>
      <dd class="dashboard-figure-value">
        <A href={props.href} aria-label={`${count(props.value)} ${props.name}`}>
          {count(props.value)}
        </A>
      </dd>
      <Show when={props.note}>
        <dd class="dashboard-figure-note">{props.note}</dd>
      </Show>
    </div>
  )
}
