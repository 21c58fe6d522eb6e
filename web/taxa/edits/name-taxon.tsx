// All names of a taxon: common names in several languages, one of which is shown, and synonyms.

import { createSignal, For, Index, type JSX } from 'solid-js'
import type { TaxonFull, TaxonNameWire } from '../../../api/contract/taxonomy.ts'
import { Plus, X } from '../../icons/icons.ts'
import type { Command } from '../../server/taxonomy.ts'
import { EditSheet } from './edit-sheet.tsx'
import './name-taxon.css'

const KINDS = ['common', 'synonym'] as const
const WORDS = { common: 'common name', synonym: 'synonym' }

export function NameTaxon(props: { taxon: TaxonFull; onClose: () => void }): JSX.Element {
  const blank = (): TaxonNameWire => ({ kind: 'common', language: null, name: '', preferred: false })
  const [names, setNames] = createSignal<TaxonNameWire[]>(
    props.taxon.names.length > 0 ? props.taxon.names.map((one) => ({ ...one })) : [blank()],
  )
  const change = (at: number, part: Partial<TaxonNameWire>) =>
    setNames((known) => known.map((one, i) => (i === at ? { ...one, ...part } : one)))
  const prefer = (at: number) => setNames((known) => known.map((one, i) => ({ ...one, preferred: i === at })))
  const commands = (): Command[] => {
    const given = names()
      .filter(({ name }) => name.trim() !== '')
      .map((one) => ({ ...one, name: one.name.trim(), language: one.kind === 'common' ? one.language : null }))
    if (JSON.stringify(given) === JSON.stringify(props.taxon.names)) return []
    return [{ kind: 'setNames', id: props.taxon.id, names: given }]
  }
  return (
    <EditSheet
      {...props}
      wide
      title={`Names of ${props.taxon.name}`}
      description="The taxon is found by all its names. The selected common name is shown beside the scientific one."
      action="Save names"
      commands={commands()}
      typed
    >
      <div class="name-taxon-rows">
        <Index each={names()}>
          {(one, at) => (
            <div class="name-taxon-row" classList={{ synonym: one().kind === 'synonym' }}>
              <input
                type="radio"
                name="preferred"
                aria-label={`Show ${one().name || 'this name'}`}
                checked={one().preferred}
                disabled={one().kind === 'synonym'}
                onChange={() => prefer(at)}
              />
              <select
                class="select"
                aria-label="Kind of name"
                value={one().kind}
                onChange={(event) => {
                  const kind = KINDS[event.currentTarget.selectedIndex] ?? 'common'
                  change(at, { kind, preferred: kind === 'common' && one().preferred })
                }}
              >
                <For each={KINDS}>{(kind) => <option value={kind}>{WORDS[kind]}</option>}</For>
              </select>
              <input
                class="input"
                aria-label="Language"
                placeholder="en"
                value={one().language ?? ''}
                disabled={one().kind === 'synonym'}
                maxlength={35}
                onInput={(event) => change(at, { language: event.currentTarget.value.trim() || null })}
              />
              <input
                class="input"
                aria-label="Name"
                value={one().name}
                maxlength={200}
                onInput={(event) => change(at, { name: event.currentTarget.value })}
              />
              <button
                type="button"
                class="button quiet icon"
                aria-label={`Remove ${one().name || 'this name'}`}
                onClick={() => setNames((known) => known.filter((_, i) => i !== at))}
              >
                <X size={16} />
              </button>
            </div>
          )}
        </Index>
      </div>
      <div>
        <button type="button" class="button" onClick={() => setNames((known) => [...known, blank()])}>
          <Plus size={16} /> Add a name
        </button>
      </div>
    </EditSheet>
  )
}
