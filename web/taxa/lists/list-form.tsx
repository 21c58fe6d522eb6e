// One species list: its name, its taxa as names a line or from a file, and where it holds.

import { useQuery } from '@tanstack/solid-query'
import { createEffect, createSignal, For, type JSX, Show } from 'solid-js'
import { createAttempts } from '../../parts/attempt.ts'
import { Field, Form, FormActions, FormError } from '../../parts/form/form.tsx'
import { counted } from '../../parts/format.ts'
import { Modal } from '../../parts/modal.tsx'
import { deploymentList } from '../../server/deployments.ts'
import { dataOf } from '../../server/query-client.ts'
import {
  addList,
  changeList,
  readChecklist,
  refetchAnswers,
  removeList,
  type SpeciesList,
  taxaOfList,
} from '../../server/survey/species-lists.ts'
import './list-form.css'
import { readText } from './read-text.ts'

export function ListForm(props: {
  /** Null: a new one. */
  of: SpeciesList | null
  onClose: () => void
}): JSX.Element {
  const [name, setName] = createSignal(props.of?.name ?? '')
  const [names, setNames] = createSignal('')
  const [places, setPlaces] = createSignal<readonly string[]>(props.of?.deploymentIds ?? [])
  const [unknown, setUnknown] = createSignal<readonly string[]>([])
  const { busy, fault, attempt } = createAttempts()
  const deployments = useQuery(() => deploymentList())
  const listed = useQuery(() => ({ ...taxaOfList(props.of?.id ?? ''), enabled: props.of !== null }))
  let isFilled = false
  createEffect(() => {
    const taxa = dataOf(listed)?.items
    if (isFilled || !taxa) return
    isFilled = true
    setNames(taxa.map((taxon) => taxon.name).join('\n'))
  })

  const done = () => {
    refetchAnswers()
    props.onClose()
  }
  /** Names that nobody knows are shown once; saving again leaves them out. */
  const save = () =>
    attempt(async () => {
      if (name().trim() === '') throw new Error('Give the list a name.')
      const { taxa, unknown: missing } = await readChecklist(names())
      if (taxa.length === 0) throw new Error('None of these names is in the taxonomy. Add the taxa first.')
      const isNews = missing.some((one) => !unknown().includes(one))
      setUnknown(missing)
      if (isNews) return
      const form = { name: name().trim(), taxonIds: taxa.map(({ id }) => id), deploymentIds: [...places()] }
      if (props.of === null) await addList(form)
      else await changeList(props.of.id, { ...form, revision: props.of.revision })
      done()
    })
  const remove = (id: string) =>
    attempt(async () => {
      await removeList(id)
      done()
    })
  const choose = (id: string, chosen: boolean) =>
    setPlaces((before) => (chosen ? [...before, id] : before.filter((one) => one !== id)))

  return (
    <Modal open title={props.of === null ? 'New species list' : props.of.name} onClose={props.onClose}>
      <Form onSubmit={save}>
        <Field label="Name">
          <input class="input" value={name()} onInput={(event) => setName(event.currentTarget.value)} />
        </Field>
        <Field label="Taxa" hint="A name a line, of any rank: a listed genus stands for all its species.">
          <textarea
            class="input list-form-names"
            value={names()}
            onInput={(event) => setNames(event.currentTarget.value)}
          />
        </Field>
        <Field label="Or a checklist as a text or table file" hint="Its column of scientific names is read.">
          <input
            type="file"
            accept=".csv,.tsv,.txt,text/plain,text/csv"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? []
              if (file) void attempt(async () => void setNames(await readText(file)))
            }}
          />
        </Field>
        <fieldset class="list-form-places">
          <legend>
            Where it holds:{' '}
            {places().length === 0 ? 'wherever no other list does' : counted(places().length, 'deployment')}
          </legend>
          <For each={dataOf(deployments)?.items ?? []}>
            {(deployment) => (
              <label>
                <input
                  type="checkbox"
                  checked={places().includes(deployment.id)}
                  onChange={(event) => choose(deployment.id, event.currentTarget.checked)}
                />{' '}
                {deployment.name}
              </label>
            )}
          </For>
        </fieldset>
        <Show when={unknown().length > 0}>
          <p role="status">
            Not in the taxonomy and left out: {unknown().slice(0, 20).join(', ')}
            {unknown().length > 20 ? ` and ${unknown().length - 20} more` : ''}. Save again to go on without them.
          </p>
        </Show>
        <FormError text={fault()} />
        <FormActions onCancel={props.onClose}>
          <Show when={props.of}>
            {(list) => (
              <button type="button" class="button" disabled={busy()} onClick={() => void remove(list().id)}>
                Remove
              </button>
            )}
          </Show>
          <button type="submit" class="button primary" disabled={busy()}>
            Save
          </button>
        </FormActions>
      </Form>
    </Modal>
  )
}
