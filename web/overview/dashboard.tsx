// The state of an installation with photos: the season's steps with what is left of each, the animals to name next, and
// the latest imports.

import { A } from '@solidjs/router'
import { useInfiniteQuery, useQuery } from '@tanstack/solid-query'
import { createMemo, For, type JSX, Show } from 'solid-js'
import type { Season } from '../../api/contract/survey/season.ts'
import { ArrowRight, Check, ImagePlus } from '../icons/icons.ts'
import { guessOf } from '../parts/answer/words.ts'
import { WrongLeft } from '../parts/answer/wrong-left.tsx'
import { counted } from '../parts/format.ts'
import { mayAs } from '../person/person.ts'
import { detectionPages } from '../server/detections.ts'
import { importList } from '../server/exchange/imports.ts'
import { dataOf } from '../server/query-client.ts'
import { mayOpen } from '../shell/places.ts'
import { ImportList } from '../upload/import-list.tsx'
import { RefusedVersion } from './refused-version.tsx'
import { type Step, stepsOf } from './steps.ts'
import './dashboard.css'

const SHOWN = 12

export function Dashboard(props: { now: Season }): JSX.Element {
  const imports = useQuery(importList)
  const steps = createMemo(() => stepsOf(props.now, dataOf(imports)?.items ?? []))
  const next = useInfiniteQuery(() => detectionPages({ queue: 'useful', kind: 'animal' }, SHOWN))
  const waiting = createMemo(() => dataOf(next)?.pages[0]?.items ?? [])
  const animals = () => Math.max(0, props.now.waiting - props.now.withoutBox)
  const title = () => {
    if (animals() > 0) return `${counted(animals(), 'animal')} to identify`
    return props.now.withoutBox > 0 ? 'Every animal in a box is identified' : 'Every animal is identified'
  }

  return (
    <div class="page dashboard">
      <header class="page-head">
        <h1>{title()}</h1>
        <Show when={mayAs('editor')}>
          <A href="/add" class="button">
            <ImagePlus size={16} /> Add photos
          </A>
        </Show>
      </header>

      <WrongLeft />
      <Show when={props.now.refused}>{(refused) => <RefusedVersion refused={refused()} />}</Show>

      <div class="dashboard-columns">
        <ol class="panel dashboard-steps" aria-label="The season, step by step">
          <For each={steps()}>{(step, index) => <StepRow step={step} number={index() + 1} />}</For>
        </ol>
        <div class="dashboard-side">
          <section class="dashboard-next" aria-label="Continue reviewing">
            <Show
              when={waiting().length > 0}
              fallback={<p class="dashboard-next-none">Nothing is waiting. New photos will appear here.</p>}
            >
              <ul class="dashboard-next-crops" aria-label="Most useful first">
                <For each={waiting()}>
                  {(d) => (
                    <li>
                      <A href={`/review/${d.id}`} aria-label={`Review: ${guessOf(d)?.name ?? 'nothing fits'}`}>
                        <img src={d.cropUrl} alt="" loading="lazy" />
                      </A>
                    </li>
                  )}
                </For>
              </ul>
            </Show>
            <A href="/review" class="button primary big">
              Continue reviewing <ArrowRight size={18} />
            </A>
            <Show when={mayOpen('/unknowns')}>
              <A href="/unknowns" class="button">
                Unknown animals
              </A>
            </Show>
          </section>
          <ImportList />
        </div>
      </div>
      <p class="dashboard-versions">
        Tree {props.now.treeVersion} · detector {props.now.models.detector.name} · embedder{' '}
        {props.now.models.embedder.name}
      </p>
    </div>
  )
}

const stateWords: Record<Step['state'], string> = { left: 'Something is left', done: 'Done', open: 'Not begun' }

function StepRow(props: { step: Step; number: number }): JSX.Element {
  return (
    <li class="dashboard-step" classList={{ [props.step.state]: true }}>
      <span class="dashboard-step-mark">
        <Show when={props.step.state === 'done'} fallback={props.number}>
          <Check size={16} stroke-width={3} />
        </Show>
        <Show when={props.step.state !== 'open'}>
          <span class="unseen">{stateWords[props.step.state]}</span>
        </Show>
      </span>
      <h2>{props.step.name}</h2>
      <p>{props.step.words}</p>
      <p class="dashboard-step-links">
        <For each={props.step.links.filter(({ href }) => mayOpen(href))}>
          {(link, index) => (
            <A href={link.href} class={index() === 0 ? 'button' : undefined}>
              {link.text}
            </A>
          )}
        </For>
      </p>
    </li>
  )
}
