// One model: what it is, and choosing it.

import { createSignal, For, type JSX, Show } from 'solid-js'
import type { Model } from '../../api/contract/models/model.ts'
import { Callout } from '../parts/callout.tsx'
import { FormError } from '../parts/form/form.tsx'
import { bytesText, count, counted } from '../parts/format.ts'
import { notify } from '../parts/notices.tsx'
import { sentenceOf } from '../server/client.ts'
import { applyModel } from '../server/models/models.ts'
import './model-card.css'

export function ModelCard(props: { model: Model }): JSX.Element {
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string | null>(null)
  const use = async ({ size, anyway }: { size?: number; anyway?: boolean } = {}) => {
    setBusy(true)
    setFault(null)
    try {
      const { name } = props.model
      const { from } = await applyModel({ name, ...(size !== undefined && { size }), ...(anyway && { anyway }) })
      notify({
        title: from === 'now' ? `${name} is in use` : `Changing to ${name}`,
        text: from === 'now' ? 'It looks at every photo from now on.' : 'The present one answers until it is ready.',
      })
    } catch (error) {
      setFault(sentenceOf(error))
    }
    setBusy(false)
  }
  return (
    <article class="panel model-card" aria-label={props.model.name}>
      <header class="ends wrapping model-card-head">
        <h3>{props.model.name}</h3>
        <span class="chip" classList={{ leaf: props.model.inUse }}>
          {props.model.inUse ? `${props.model.kind} in use` : props.model.kind}
        </span>
      </header>
      <Show when={props.model.description}>
        <p class="detail">{props.model.description}</p>
      </Show>
      <Facts model={props.model} />
      <Show when={props.model.switching}>
        {(progress) => (
          <p role="status" class="detail">
            Embedding what is stored: {counted(progress().embedded, 'animal')} so far
            {progress().failed > 0 ? `, ${count(progress().failed)} failed` : ''}. It takes over by itself.
          </p>
        )}
      </Show>
      <Show when={props.model.refused.length > 0}>
        <Callout tone="ochre">
          On photos by which both were judged, it answers worse than the embedder in use, so it did not take over.{' '}
          {props.model.refused.join(' ')}
        </Callout>
      </Show>
      <FormError text={fault()} />
      <div class="acts model-card-acts">
        <Show when={props.model.inUse && props.model.sizes.length > 0}>
          <Sizes model={props.model} busy={busy()} onSize={(size) => void use({ size })} />
        </Show>
        <Show when={!props.model.inUse && props.model.switching === null}>
          <button type="button" class="button" disabled={busy()} onClick={() => void use()}>
            {busy() ? 'Trying it…' : 'Use'}
          </button>
          <Show when={props.model.refused.length > 0}>
            <button type="button" class="button" disabled={busy()} onClick={() => void use({ anyway: true })}>
              Use it all the same
            </button>
          </Show>
        </Show>
      </div>
    </article>
  )
}

function Facts(props: { model: Model }): JSX.Element {
  const facts = (): [name: string, value: string | null][] => [
    ['Input', props.model.size === null ? null : `${props.model.size} px`],
    ['Finds', props.model.classes.length > 0 ? shortened(props.model.classes) : null],
    ['Least confidence', props.model.threshold?.toFixed(2) ?? null],
    ['Vector', props.model.dimensions === null ? null : counted(props.model.dimensions, 'number')],
    ['Weights', weightsOf(props.model)],
    ['Licence', props.model.licence],
    ['Source', props.model.bundled ? 'comes with Clavis' : props.model.source],
    ['sha256', props.model.sha256],
  ]
  return (
    <dl class="model-card-facts">
      <For each={facts().filter(([, value]) => value !== null)}>
        {([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd classList={{ 'model-card-sum': name === 'sha256' }}>{value}</dd>
          </div>
        )}
      </For>
    </dl>
  )
}

const MOST_CLASSES = 6
const shortened = (classes: readonly string[]) =>
  classes.length > MOST_CLASSES
    ? `${classes.slice(0, MOST_CLASSES).join(', ')} and ${classes.length - MOST_CLASSES} more`
    : classes.join(', ')

const weightsOf = ({ bytes, storage }: Model) =>
  bytes === null ? null : `${bytesText(bytes)}${storage === null || storage === 'other' ? '' : `, ${storage}`}`

/** The smallest size is the quickest, the largest the most thorough. */
function Sizes(props: { model: Model; busy: boolean; onSize: (size: number) => void }): JSX.Element {
  const words = (size: number) => {
    const { sizes } = props.model
    if (size === Math.min(...sizes)) return ' (quick)'
    return size === Math.max(...sizes) ? ' (closest look)' : ''
  }
  return (
    <label class="field">
      Looks at photos with
      <select
        class="select"
        disabled={props.busy}
        value={String(props.model.size)}
        onChange={(event) => props.onSize(Number(event.currentTarget.value))}
      >
        <For each={props.model.sizes}>
          {(size) => (
            <option value={String(size)} selected={size === props.model.size}>
              {size} px{words(size)}
            </option>
          )}
        </For>
      </select>
    </label>
  )
}
