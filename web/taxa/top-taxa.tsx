// Shown next to the tree while no taxon is open: taxa that need placing, taxa that are not suggested, and recent edits.

import { useInfiniteQuery } from '@tanstack/solid-query'
import { createMemo, type JSX, Show } from 'solid-js'
import { dataOf } from '../server/query-client.ts'
import { taxonPages } from '../server/taxa.ts'
import { EditLog } from './edits/edit-log.tsx'
import { MetPlaces } from './lists/met-places.tsx'
import { SpeciesLists } from './lists/species-lists.tsx'
import { TaxaSection } from './taxa-section.tsx'
import { TaxonRows } from './taxon-rows.tsx'

export function TopTaxa(): JSX.Element {
  const unplaced = useInfiniteQuery(() => taxonPages({ needsPlacing: 'true' }))
  const resting = useInfiniteQuery(() => taxonPages({ active: 'false' }))
  const some = (pages: typeof unplaced) => createMemo(() => (dataOf(pages)?.pages[0]?.items.length ?? 0) > 0)
  const waits = some(unplaced)
  const rests = some(resting)
  return (
    <>
      <Show when={waits()}>
        <TaxaSection marked title="Needs placing">
          <p>
            These taxa were added from folder names. Open one and move it to its place, so that it benefits from what is
            known about its relatives.
          </p>
          <TaxonRows list={{ needsPlacing: 'true' }} caption="Taxa that need placing" empty={null} hidePlacing />
        </TaxaSection>
      </Show>
      <Show when={rests()}>
        <TaxaSection title="Not suggested">
          <TaxonRows list={{ active: 'false' }} caption="Taxa that are not suggested" empty={null} />
        </TaxaSection>
      </Show>
      <TaxaSection title="Species lists">
        <SpeciesLists />
      </TaxaSection>
      <TaxaSection title="What lives where">
        <MetPlaces />
      </TaxaSection>
      <TaxaSection title="Recent edits">
        <EditLog empty="No edits yet. Taxa are added from folder names, in the review, with “New taxon” or by an import." />
      </TaxaSection>
    </>
  )
}
