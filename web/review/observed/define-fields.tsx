// The project's own fields of observations: texts, numbers and choices that every animal then has.

import { useQuery } from '@tanstack/solid-query'
import { For, type JSX, Show } from 'solid-js'
import { createStore } from 'solid-js/store'
import type { OwnField } from '../../../api/contract/survey/own-field.ts'
import { Plus, Trash2 } from '../../icons/icons.ts'
import { createAttempts } from '../../parts/attempt.ts'
import { Form, FormActions, FormError } from '../../parts/form/form.tsx'
import { Failure } from '../../parts/message.tsx'
import { Modal } from '../../parts/modal.tsx'
import { dataOf } from '../../server/query-client.ts'
import { defineFields, type OwnFields, ownFields } from '../../server/survey/observations.ts'
import { step } from '../../teaching/teaching.ts'
import './define-fields.css'

const kinds = { text: 'Text', number: 'Number', choice: 'Choice' } as const
type Kind = keyof typeof kinds
/** `choices`: a line as people write it. */
type Draft = { id?: string; name: string; kind: Kind; choices: string }

export function DefineFields(props: { onClose: () => void }): JSX.Element {
  const fields = useQuery(() => ownFields())
  return (
    <Modal
      open
      wide
      title="Own fields"
      description="Every animal has these besides count, sex, life stage, behaviour and individual. They are columns of exported tables and tags in Camtrap DP."
      onClose={props.onClose}
    >
      <Show
        when={dataOf(fields)}
        fallback={
          <Show when={fields.isError}>
            <Failure error={fields.error} retry={() => void fields.refetch()} />
          </Show>
        }
        keyed
      >
        {(now) => <FieldsForm now={now} onClose={props.onClose} />}
      </Show>
    </Modal>
  )
}

const draftOf = ({ choices, ...rest }: OwnField): Draft => ({ ...rest, choices: choices.join(', ') })
const emptyDraft = (): Draft => ({ name: '', kind: 'text', choices: '' })

function FieldsForm(props: { now: OwnFields; onClose: () => void }): JSX.Element {
  const first = props.now.items.map(draftOf)
  const [drafts, setDrafts] = createStore(first.length === 0 ? [emptyDraft()] : first)
  const { busy, fault, attempt } = createAttempts()
  const save = () =>
    attempt(async () => {
      const items = drafts
        .filter(({ id, name }) => id !== undefined || name.trim() !== '')
        .map(({ choices, ...rest }) => ({
          ...rest,
          choices: choices
            .split(',')
            .map((one) => one.trim())
            .filter((one) => one !== ''),
        }))
      await step(() => defineFields({ items, revision: props.now.revision }))
      props.onClose()
    })
  return (
    <Form onSubmit={save}>
      <ul class="define-fields">
        <For each={drafts} fallback={<li class="remark">No own fields.</li>}>
          {(draft, i) => (
            <li>
              <input
                class="input"
                aria-label="Name of the field"
                placeholder="Name, such as Coat"
                maxlength={60}
                value={draft.name}
                onInput={(event) => setDrafts(i(), 'name', event.currentTarget.value)}
              />
              <select
                class="select"
                aria-label={`Kind of ${draft.name || 'the field'}`}
                disabled={draft.id !== undefined}
                title={draft.id === undefined ? undefined : 'A field keeps its kind: add another one instead.'}
                // the options are the kinds
                onChange={(event) => setDrafts(i(), 'kind', event.currentTarget.value as Kind)}
              >
                <For each={Object.entries(kinds)}>
                  {([kind, text]) => (
                    <option value={kind} selected={draft.kind === kind}>
                      {text}
                    </option>
                  )}
                </For>
              </select>
              <Show when={draft.kind === 'choice'}>
                <input
                  class="input define-fields-choices"
                  aria-label={`Choices of ${draft.name || 'the field'}`}
                  placeholder="Choices, with commas: red, grey"
                  value={draft.choices}
                  onInput={(event) => setDrafts(i(), 'choices', event.currentTarget.value)}
                />
              </Show>
              <button
                type="button"
                class="button quiet icon"
                aria-label={`Remove ${draft.name || 'the field'}`}
                onClick={() => setDrafts((all) => all.filter((_, k) => k !== i()))}
              >
                <Trash2 size={16} />
              </button>
            </li>
          )}
        </For>
      </ul>
      <button
        type="button"
        class="button quiet define-fields-add"
        onClick={() => setDrafts(drafts.length, emptyDraft())}
      >
        <Plus size={16} /> Add a field
      </button>
      <p class="remark">Removing a field hides what animals have in it. Undo brings both back.</p>
      <FormError text={fault()} />
      <FormActions onCancel={props.onClose}>
        <button type="submit" class="button primary" disabled={busy()}>
          Save
        </button>
      </FormActions>
    </Form>
  )
}
