// A table with the lab's own columns: which fields, in which order, under which names, kept as templates.

import { useQuery, useQueryClient } from '@tanstack/solid-query'
import { createSignal, type JSX, Show } from 'solid-js'
import type { AnimalFilter } from '../filter/filter.ts'
import { Download } from '../icons/icons.ts'
import { Choice } from '../parts/form/choice.tsx'
import { Field } from '../parts/form/form.tsx'
import { Modal } from '../parts/modal.tsx'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { mayAs } from '../person/person.ts'
import { exportAddress, exportTemplates, saveTemplates } from '../server/exchange/exports.ts'
import { dataOf } from '../server/query-client.ts'
import './own-columns.css'

const FIRST =
  'filename = File\ndeployment = Camera\ncapturedAt = Time\ntaxon = Taxon\ncount = Number\nperson = Identified by'

/** A line per column, as the service's query has them. */
const columnsOf = (lines: string): string =>
  lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.replace(/\s*=\s*/, '='))
    .join(',')
const linesOf = (columns: string): string => columns.split(',').join('\n').replaceAll('=', ' = ')

export function OwnColumns(props: { filter: AnimalFilter; open: boolean; onClose: () => void }): JSX.Element {
  const client = useQueryClient()
  const query = useQuery(() => ({ ...exportTemplates(), enabled: props.open }))
  const templates = () => dataOf(query)?.items ?? []
  const [name, setName] = createSignal('')
  const [lines, setLines] = createSignal(FIRST)
  const choose = (chosen: string) => {
    const found = templates().find((one) => one.name === chosen)
    setName(chosen)
    setLines(found ? linesOf(found.columns) : FIRST)
  }
  const store = async (items: ReturnType<typeof templates>, said: string) => {
    try {
      await saveTemplates({ items })
      await client.invalidateQueries({ queryKey: exportTemplates().queryKey })
      notify({ title: said })
    } catch (error) {
      notifyFailure('The template was not saved', error)
    }
  }
  const others = () => templates().filter((one) => one.name !== name().trim())
  const save = () =>
    store([...others(), { name: name().trim(), columns: columnsOf(lines()) }], `Saved the template ${name().trim()}`)
  const isSaved = () => templates().some((one) => one.name === name().trim())
  return (
    <Modal
      title="Table with own columns"
      description="One line for each column, in the order of the table: a field, and after = the name that it gets."
      open={props.open}
      onClose={props.onClose}
    >
      <div class="own-columns">
        <Choice
          label="Template"
          any="A new one"
          value={isSaved() ? name().trim() : undefined}
          options={templates().map((one) => ({ value: one.name, text: one.name }))}
          onChange={choose}
        />
        <Field label="Columns">
          <textarea
            class="input own-columns-lines"
            rows={9}
            maxlength={4000}
            spellcheck={false}
            value={lines()}
            onInput={(event) => setLines(event.currentTarget.value)}
          />
        </Field>
        <details>
          <summary>All fields</summary>
          <p class="hint own-columns-fields">{(dataOf(query)?.fields ?? []).join(', ')}</p>
        </details>
        <Show when={mayAs('editor')}>
          <Field label="Save as">
            <input
              class="input"
              maxlength={100}
              placeholder="Name of the template"
              value={name()}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </Field>
        </Show>
        <div class="acts own-columns-acts">
          <Show when={mayAs('editor')}>
            <button
              type="button"
              class="button quiet"
              disabled={!isSaved()}
              onClick={() => void store(others(), `Removed the template ${name().trim()}`)}
            >
              Remove template
            </button>
            <button type="button" class="button" disabled={name().trim() === ''} onClick={() => void save()}>
              Save template
            </button>
          </Show>
          <a
            class="button primary"
            href={exportAddress('csv', { ...props.filter, columns: columnsOf(lines()) })}
            download=""
            target="_self"
          >
            <Download size={16} /> Download
          </a>
        </div>
      </div>
    </Modal>
  )
}
