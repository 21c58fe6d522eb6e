// The name of a taxon given by its id, with dots until it has loaded.

import { useQuery } from '@tanstack/solid-query'
import { type JSX, Show } from 'solid-js'
import { dataOf } from '../../server/query-client.ts'
import { taxonOne } from '../../server/taxa.ts'
import { TaxonName } from './taxon-name.tsx'

export function TaxonById(props: { id: string }): JSX.Element {
  const found = useQuery(() => taxonOne(props.id))
  return (
    <Show when={dataOf(found)} fallback="…">
      {(taxon) => <TaxonName taxon={taxon()} common={false} />}
    </Show>
  )
}
