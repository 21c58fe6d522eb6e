// Turns suggestions of a taxon and everything below it on or off.

import type { JSX } from 'solid-js'
import type { TaxonFull } from '../../../api/contract/taxonomy.ts'
import { EditSheet } from './edit-sheet.tsx'

export function ActivateTaxon(props: { taxon: TaxonFull; onClose: () => void }): JSX.Element {
  const kind = () => (props.taxon.active ? 'deactivate' : 'activate')
  return (
    <EditSheet
      {...props}
      title={props.taxon.active ? `Stop suggesting ${props.taxon.name}` : `Suggest ${props.taxon.name} again`}
      description={
        props.taxon.active
          ? 'The taxon and everything below it are no longer suggested, and their examples no longer count. Identifications stay.'
          : 'The taxon and everything below it can be suggested again, with all their examples.'
      }
      action={props.taxon.active ? 'Stop suggesting' : 'Suggest again'}
      commands={[{ kind: kind(), id: props.taxon.id }]}
    />
  )
}
