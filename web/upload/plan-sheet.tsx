// What was recognised before anything is sent: the number of photos, and the labels from folder names or a CSV.

import { createMemo, For, type JSX, Match, Show, Switch } from 'solid-js'
import { FormActions } from '../parts/form/form.tsx'
import { bytesText, count, counted } from '../parts/format.ts'
import { LeftOutList } from './left-out/left-out-list.tsx'
import { allLeftOut, type Labelling, type Plan } from './plan.ts'
import { ReadingPart } from './reading-part.tsx'
import './plan-sheet.css'

const MOST_LABELS = 24

export function PlanSheet(props: {
  plan: Plan
  busy: boolean
  /** What may be misspelt. */
  names: JSX.Element
  onLabelling: (labelling: Labelling) => void
  onSend: () => void
  onCancel: () => void
}): JSX.Element {
  const isLabelled = () => props.plan.labels.length > 0
  /** Files may come after their photos, and tables of stations without any. */
  const known = () => props.plan.reading?.known.length ?? 0
  const deployments = () => counted(props.plan.reading?.deployments.length ?? 0, 'deployment')
  const title = () => {
    if (props.plan.photos.length > 0)
      return `${counted(props.plan.photos.length, 'photo')}, ${bytesText(props.plan.bytes)}`
    return known() > 0 ? `${counted(known(), 'photo')}, here already` : deployments()
  }
  const action = () => {
    if (props.plan.photos.length > 0) return `Add ${counted(props.plan.photos.length, 'photo')}`
    return known() > 0 ? `Add what is said of ${counted(known(), 'photo')}` : `Add ${deployments()}`
  }
  const more = createMemo(() => Math.max(0, props.plan.labels.length - MOST_LABELS))
  return (
    <section class="panel plan-sheet" aria-label="What was recognised">
      <div>
        <h2>{title()}</h2>
        <p class="below-head" role="status">
          <Switch
            fallback={props.plan.reading === null ? 'These photos come without labels and will wait for review.' : ''}
          >
            <Match when={props.plan.csv}>
              {(csv) => (
                <>
                  <b>{csv()}</b>{' '}
                  {props.plan.labels.length === 0
                    ? 'is about them and names no species, so they will wait for review.'
                    : `labels them with ${counted(props.plan.labels.length, 'species', 'species')}.`}
                </>
              )}
            </Match>
            <Match when={isLabelled()}>
              {props.plan.labelled === props.plan.folders ? 'All ' : ''}
              {counted(props.plan.labelled, 'folder')} {props.plan.labelled === 1 ? 'looks' : 'look'} like names of taxa
              {props.plan.labelled === props.plan.folders
                ? ''
                : `, ${count(props.plan.folders - props.plan.labelled)} do not`}
              .
            </Match>
          </Switch>
        </p>
      </div>
      <Show when={props.plan.reading}>{(reading) => <ReadingPart reading={reading()} />}</Show>
      <Show when={props.plan.folders > 0}>
        <fieldset class="segments" aria-label="What folder names mean">
          <button
            type="button"
            disabled={props.busy}
            aria-pressed={isLabelled()}
            onClick={() => !isLabelled() && props.onLabelling('labelled')}
          >
            Folders are labels
          </button>
          <button
            type="button"
            disabled={props.busy}
            aria-pressed={!isLabelled()}
            onClick={() => isLabelled() && props.onLabelling('unlabelled')}
          >
            Ignore folder names
          </button>
        </fieldset>
      </Show>
      <Show when={isLabelled() && props.plan.csv === null}>
        <ul class="plan-sheet-labels" aria-label="Labels">
          <For each={props.plan.labels.slice(0, MOST_LABELS)}>
            {(label) => (
              <li>
                <span class="plan-sheet-name">{label.name}</span>{' '}
                <span class="plan-sheet-count">{count(label.photos)}</span>
              </li>
            )}
          </For>
          <Show when={more() > 0}>
            <li class="plan-sheet-more">and {count(more())} more</li>
          </Show>
        </ul>
      </Show>
      {props.names}
      <Show when={props.plan.photos.filter(({ facts }) => facts.empty).length}>
        {(empty) => (
          <p class="plan-sheet-left-out">
            {counted(empty(), 'photo')} in folders such as “blank” {empty() === 1 ? 'is' : 'are'} taken as empty.
          </p>
        )}
      </Show>
      <LeftOutList leftOut={allLeftOut(props.plan)} />
      <FormActions big onCancel={props.onCancel}>
        <button type="button" class="button primary big" disabled={props.busy} onClick={() => props.onSend()}>
          {action()}
        </button>
      </FormActions>
    </section>
  )
}
