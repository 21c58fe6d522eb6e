// Asks when photos without a time were taken: the first of them, and either the last or how far apart they are. The
// photos are shown, because many cameras print the time into the picture.

import { createSignal, type JSX, Show } from 'solid-js'
import type { Action } from '../../../api/contract/action.ts'
import { Clock } from '../../icons/icons.ts'
import { createAttempts } from '../../parts/attempt.ts'
import { Field, Form, FormActions, FormError } from '../../parts/form/form.tsx'
import { cameraTime, counted } from '../../parts/format.ts'
import { type MissingFacts, tellTimes } from '../../server/survey/missing.ts'
import { askedOf } from './asked-times.ts'
import './tell-times.css'

export function TellTimes(props: {
  item: MissingFacts
  importId?: string
  onDone: (title: string, action: Action) => void
}): JSX.Element {
  const [open, setOpen] = createSignal(false)
  const where = () => props.item.deployment?.name.replaceAll('_', ' ')
  const words = () => {
    const { undated } = props.item
    return `${counted(undated, 'photo')}${where() === undefined ? '' : ` of ${where()}`} ${undated === 1 ? 'has' : 'have'} no time`
  }
  return (
    <>
      <p>
        <b>{words()}.</b> {open() ? 'Without one they are in no event and no activity curve.' : ''}
      </p>
      <Show
        when={open()}
        fallback={
          <button type="button" class="button" aria-label={`${words()}: say when`} onClick={() => setOpen(true)}>
            <Clock size={16} /> Say when
          </button>
        }
      >
        <TimesForm {...props} onClose={() => setOpen(false)} />
      </Show>
    </>
  )
}

function TimesForm(props: {
  item: MissingFacts
  importId?: string
  onDone: (title: string, action: Action) => void
  onClose: () => void
}): JSX.Element {
  const [first, setFirst] = createSignal('')
  const [last, setLast] = createSignal('')
  const [apart, setApart] = createSignal('')
  const { busy, fault, attempt } = createAttempts()
  const tell = () =>
    attempt(async () => {
      const said = askedOf({ first: first(), last: last(), apart: apart() }, props.item)
      const done = await tellTimes({
        deploymentId: props.item.deployment?.id ?? null,
        importId: props.importId,
        ...said,
      })
      const span = `${cameraTime(done.first)} to ${cameraTime(done.last)}`
      const has = done.photos === 1 ? 'has its time' : `have their times: ${span}`
      props.onDone(`${counted(done.photos, 'photo')} ${has}`, done.action)
    })
  const many = () => props.item.undated > 1
  return (
    <Form onSubmit={tell}>
      <div class="tell-times-photos">
        <PhotoTime
          label={many() ? 'First photo taken' : 'Taken'}
          photo={props.item.first}
          value={first()}
          onInput={setFirst}
        />
        <Show when={many()}>
          <PhotoTime label="Last photo taken" photo={props.item.last} value={last()} onInput={setLast} />
        </Show>
      </div>
      <Show when={many() && (first() === '' || last() === '')}>
        <Field label="Seconds from one photo to the next" hint="Not needed where you know the first and the last time.">
          <input
            class="input"
            inputmode="decimal"
            value={apart()}
            onInput={(event) => setApart(event.currentTarget.value)}
          />
        </Field>
      </Show>
      <FormError text={fault()} />
      <FormActions onCancel={props.onClose}>
        <button type="submit" class="button primary" disabled={busy()}>
          Give {props.item.undated === 1 ? 'it this time' : `these ${props.item.undated} their times`}
        </button>
      </FormActions>
    </Form>
  )
}

function PhotoTime(props: {
  label: string
  photo: MissingFacts['first']
  value: string
  onInput: (value: string) => void
}): JSX.Element {
  return (
    <div class="tell-times-photo">
      <Show when={props.photo}>
        {(photo) => (
          <a href={`/photos/${photo().mediaId}`}>
            <img src={`/api/media/${photo().mediaId}/image?width=640`} alt={photo().filename} loading="lazy" />
          </a>
        )}
      </Show>
      <Field label={props.label} hint={props.photo?.filename}>
        <input
          class="input"
          type="datetime-local"
          step="1"
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      </Field>
    </div>
  )
}
