// What a person says of one deployment: a new one, or one that is changed.

import { createEffect, createSignal, For, type JSX, Show } from 'solid-js'
import { createStore, unwrap } from 'solid-js/store'
import { MapPin, Plus, X } from '../icons/icons.ts'
import { Field, FormActions, FormError } from '../parts/form/form.tsx'
import { cameraTime } from '../parts/format.ts'
import type { Deployment, DeploymentForm as Fields } from '../server/deployments.ts'
import { offsetFor, offsetText, readOffset } from './offsets.ts'
import './deployment-form.css'

/** The form as it is typed. */
type Typed = {
  name: string
  station: string
  latitude: string
  longitude: string
  start: string
  end: string
  camera: string
  offset: string
  problems: { from: string; to: string; what: string }[]
  tags: string
  notes: string
}

const typedOf = (of: Fields | null): Typed => ({
  name: of?.name ?? '',
  station: of?.station ?? '',
  latitude: of?.latitude?.toString() ?? '',
  longitude: of?.longitude?.toString() ?? '',
  start: of?.start ?? '',
  end: of?.end ?? '',
  camera: of?.camera ?? '',
  offset: offsetText(of?.clockOffsetSeconds ?? 0),
  problems: (of?.problems ?? []).map((one) => ({ ...one })),
  tags: of?.tags.join(', ') ?? '',
  notes: of?.notes ?? '',
})

/** The fields, or a sentence about what is wrong. */
function fieldsOf(typed: Typed): Fields | string {
  const orNull = (text: string) => text.trim() || null
  const degrees = (text: string) => (text.trim() === '' ? null : Number(text.replace(',', '.')))
  const [latitude, longitude] = [degrees(typed.latitude), degrees(typed.longitude)]
  const offset = readOffset(typed.offset)
  if (typed.name.trim() === '') return 'Give the deployment a name.'
  if (Number.isNaN(latitude) || Number.isNaN(longitude))
    return 'Write coordinates as degrees, such as 51.496 and 4.774.'
  if ((latitude === null) !== (longitude === null)) return 'Give both latitude and longitude, or neither.'
  if (offset === null) return 'Write the correction as hours and minutes, such as +1:00, or +365 d 00:00:00.'
  const problems = typed.problems.filter(({ from, to, what }) => from !== '' || to !== '' || what !== '')
  if (problems.some(({ from, to }) => from === '' || to === '' || from >= to))
    return 'Each problem needs a beginning and a later end.'
  return {
    name: typed.name.trim(),
    station: orNull(typed.station),
    latitude,
    longitude,
    start: orNull(typed.start),
    end: orNull(typed.end),
    camera: orNull(typed.camera),
    clockOffsetSeconds: offset,
    problems,
    tags: typed.tags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    notes: typed.notes,
  }
}

export function DeploymentForm(props: {
  /** Null: a new one. */
  of: Deployment | null
  stations: readonly string[]
  /** The point that was clicked on the map since. */
  point: { latitude: number; longitude: number } | null
  placing: boolean
  onPlacing: (placing: boolean) => void
  onSave: (fields: Fields) => Promise<void>
  onRemove?: () => void
  onClose: () => void
}): JSX.Element {
  const [typed, setTyped] = createStore<Typed>(typedOf(props.of))
  const [fault, setFault] = createSignal<string | null>(null)
  const [busy, setBusy] = createSignal(false)
  createEffect(() => {
    const { point } = props
    if (point !== null) setTyped({ latitude: String(point.latitude), longitude: String(point.longitude) })
  })
  const save = async () => {
    const fields = fieldsOf(unwrap(typed))
    if (typeof fields === 'string') {
      setFault(fields)
      return
    }
    setBusy(true)
    setFault(null)
    try {
      await props.onSave(fields)
    } catch (error) {
      setFault(error instanceof Error ? error.message : 'It could not be saved. Try again.')
    } finally {
      setBusy(false)
    }
  }
  const field = (
    key: Exclude<keyof Typed, 'problems'>,
    label: string,
    how: { hint?: string } & JSX.InputHTMLAttributes<HTMLInputElement>,
  ) => {
    const { hint, ...attributes } = how
    return (
      <Field label={label} hint={hint}>
        <input
          class="input"
          {...attributes}
          value={typed[key]}
          onInput={(event) => setTyped(key, event.currentTarget.value)}
        />
      </Field>
    )
  }
  const text = (key: 'name' | 'station' | 'camera' | 'tags', label: string, hint?: string, list?: string) =>
    field(key, label, { hint, list })
  const time = (key: 'start' | 'end', label: string) => field(key, label, { type: 'datetime-local', step: '1' })
  const degrees = (key: 'latitude' | 'longitude', label: string) => field(key, label, { inputmode: 'decimal' })
  return (
    <form
      class="form deployment-form"
      aria-label={props.of === null ? 'New deployment' : `Deployment ${props.of.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <h2>{props.of === null ? 'New deployment' : props.of.name.replaceAll('_', ' ')}</h2>
      {text('name', 'Name')}
      {text(
        'station',
        'Station',
        'The place. Deployments at one place are one station of the results.',
        'deployment-stations',
      )}
      <datalist id="deployment-stations">
        <For each={props.stations}>{(name) => <option value={name} />}</For>
      </datalist>
      <div class="form-pair">
        {degrees('latitude', 'Latitude')}
        {degrees('longitude', 'Longitude')}
      </div>
      <button type="button" class="button" aria-pressed={props.placing} onClick={() => props.onPlacing(!props.placing)}>
        <MapPin size={16} /> {props.placing ? 'Click on the map…' : 'Place on the map'}
      </button>
      {time('start', 'Set up')}
      {time('end', 'Taken down')}
      <Show when={props.of?.firstPhoto}>
        {(first) => (
          <p class="detail">
            Photos from {cameraTime(first())} to {cameraTime(props.of?.lastPhoto ?? first())}
          </p>
        )}
      </Show>
      {text('camera', 'Camera')}
      <ClockCorrection of={props.of} offset={typed.offset} onOffset={(offset) => setTyped('offset', offset)} />
      <fieldset class="deployment-form-problems">
        <legend>Problems: times when it did not work</legend>
        <For each={typed.problems}>
          {(problem, i) => (
            <div class="deployment-form-problem">
              <For each={['from', 'to'] as const}>
                {(key) => (
                  <input
                    class="input"
                    type="datetime-local"
                    aria-label={`Problem ${i() + 1} ${key}`}
                    value={problem[key]}
                    onInput={(event) => setTyped('problems', i(), key, event.currentTarget.value)}
                  />
                )}
              </For>
              <input
                class="input"
                aria-label={`Problem ${i() + 1}: what`}
                placeholder="battery empty"
                value={problem.what}
                onInput={(event) => setTyped('problems', i(), 'what', event.currentTarget.value)}
              />
              <button
                type="button"
                class="button quiet icon"
                aria-label={`Remove problem ${i() + 1}`}
                onClick={() => setTyped('problems', (all) => all.filter((_, at) => at !== i()))}
              >
                <X size={16} />
              </button>
            </div>
          )}
        </For>
        <button
          type="button"
          class="button quiet"
          onClick={() => setTyped('problems', (all) => [...all, { from: '', to: '', what: '' }])}
        >
          <Plus size={16} /> Add a problem
        </button>
      </fieldset>
      {text('tags', 'Tags', 'Separated by commas.')}
      <label class="field">
        Notes
        <textarea
          class="input"
          rows={2}
          value={typed.notes}
          onInput={(event) => setTyped('notes', event.currentTarget.value)}
        />
      </label>
      <FormError text={fault()} />
      <FormActions onCancel={props.onClose}>
        <Show when={props.onRemove}>
          {(remove) => (
            <button type="button" class="button danger" onClick={() => remove()()}>
              Remove
            </button>
          )}
        </Show>
        <button type="submit" class="button primary" disabled={busy()}>
          {props.of === null ? 'Add' : 'Save'}
        </button>
      </FormActions>
    </form>
  )
}

/** A wrong clock is mended by a difference, or by when the first photo was really taken. */
function ClockCorrection(props: {
  of: Deployment | null
  offset: string
  onOffset: (offset: string) => void
}): JSX.Element {
  return (
    <>
      <label class="field">
        Clock correction
        <input
          class="input"
          placeholder="+1:00"
          value={props.offset}
          onInput={(event) => props.onOffset(event.currentTarget.value)}
        />
        <span class="hint">Added to what the camera said, for all its photos. What it said is kept.</span>
      </label>
      <Show when={props.of?.firstPhoto}>
        {(first) => (
          <label class="field">
            The first photo was really taken
            <input
              class="input"
              type="datetime-local"
              step="1"
              onInput={(event) => {
                const { value } = event.currentTarget
                const known = props.of?.clockOffsetSeconds ?? 0
                if (value !== '') props.onOffset(offsetText(offsetFor(first(), value, known)))
              }}
            />
          </label>
        )}
      </Show>
    </>
  )
}
