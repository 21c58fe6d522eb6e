// Changes the scientific name or the preferred common name of a taxon.

import { createSignal, type JSX } from 'solid-js'
import type { TaxonFull } from '../../../api/contract/taxonomy.ts'
import { CommonNameField, ScientificNameField } from '../../parts/taxon/name-fields.tsx'
import type { Command } from '../../server/taxonomy.ts'
import { EditSheet } from './edit-sheet.tsx'

export function RenameTaxon(props: { taxon: TaxonFull; onClose: () => void }): JSX.Element {
  const [name, setName] = createSignal(props.taxon.name)
  const [common, setCommon] = createSignal(props.taxon.commonName ?? '')
  const commands = (): Command[] => {
    const { id, names } = props.taxon
    const wanted: Command[] = []
    if (name().trim() === '') return []
    if (name().trim() !== props.taxon.name) wanted.push({ kind: 'rename', id, name: name().trim() })
    if (common().trim() !== (props.taxon.commonName ?? '')) {
      const preferred = names.find((one) => one.preferred)
      const others = names.filter((one) => !one.preferred)
      const own = {
        kind: 'common' as const,
        language: preferred?.language ?? null,
        name: common().trim(),
        preferred: true,
      }
      wanted.push({ kind: 'setNames', id, names: common().trim() === '' ? others : [own, ...others] })
    }
    return wanted
  }
  return (
    <EditSheet {...props} title="Rename" action="Rename" commands={commands()} typed>
      <ScientificNameField label="Scientific name" rank={props.taxon.rank} value={name()} onInput={setName} />
      <CommonNameField value={common()} onInput={setCommon} placeholder="none" />
    </EditSheet>
  )
}
