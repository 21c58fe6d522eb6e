// Whether a taxon, with all below it, may be suggested.

import type { JSX } from 'solid-js'
import type { TaxonFull } from '../../../api/contract/taxonomy.ts'
import { EditSheet } from './edit-sheet.tsx'

export function ActivateTaxon(props: { taxon: TaxonFull; onClose: () => void }): JSX.Element {
  const kind = () => (props.taxon.active ? 'deactivate' : 'activate')
  return (
    <EditSheet
      title={props.taxon.active ? `Do not suggest ${props.taxon.name}` : `Suggest ${props.taxon.name} again`}
      description={
        props.taxon.active
          ? 'Neither it nor what is below it is suggested any more, and its examples do not compete. What was said stays.'
          : 'It and what is below it may be suggested again, with all examples that they have.'
      }
      action={props.taxon.active ? 'Do not suggest' : 'Suggest again'}
      commands={[{ kind: kind(), id: props.taxon.id }]}
      expected={{ [props.taxon.id]: props.taxon.revision }}
      onClose={props.onClose}
    />
  )
}
