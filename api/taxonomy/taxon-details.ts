// Taxa with what the taxonomy stores about them, as the API shows them.

import { NotFound } from '../../db/errors.ts'
import { PLACE_RULES, type PlaceRule } from '../../db/schema.ts'
import { mergedInto } from '../../db/taxonomy/redirects.ts'
import { namesOf, readStates } from '../../db/taxonomy/states.ts'
import { childCounts, type Taxon as TaxonRow } from '../../db/taxonomy/taxa.ts'
import { photoCount } from '../../db/taxonomy/teachers.ts'
import type { TaxonDetail } from '../contract/taxon.ts'
import type { TaxonFull } from '../contract/taxonomy.ts'
import { taxonLookup } from '../present/taxa.ts'
import type { Service } from '../service.ts'

export async function presentDetail(service: Service, row: TaxonRow): Promise<TaxonDetail> {
  const [taxon] = await presentDetails(service, [row])
  return taxon!
}

/** `q`: the text of a search, so that a match among names that are not shown can be named. */
export async function presentDetails(service: Service, rows: TaxonRow[], q = ''): Promise<TaxonDetail[]> {
  const ids = rows.map((row) => row.id)
  const text = q.toLowerCase()
  const shown = (row: TaxonRow) => `${row.name}\n${row.commonName ?? ''}`.toLowerCase()
  const hidden = text === '' ? [] : rows.filter((row) => !shown(row).includes(text)).map((row) => row.id)
  const [taxa, children, names] = await Promise.all([
    taxonLookup(service, ids),
    childCounts(service.db, ids),
    hidden.length === 0 ? null : namesOf(service.db, hidden),
  ])
  return rows.map((row) => ({
    id: String(row.id),
    name: row.name,
    rank: row.rank,
    commonName: row.commonName,
    path: taxa.get(row.id).path,
    parentId: row.parentId === null ? null : String(row.parentId),
    childCount: children.get(row.id) ?? 0,
    exampleCount: service.learning.exampleCount(row.id),
    needsPlacing: row.needsPlacing,
    active: row.active,
    revision: row.revision,
    matched: names?.get(row.id)?.find((one) => one.name.toLowerCase().includes(text))?.name ?? null,
  }))
}

export async function presentFully(service: Service, row: TaxonRow): Promise<TaxonFull> {
  const { db, learning } = service
  const [taxon, [state], photos, merged] = await Promise.all([
    presentDetail(service, row),
    readStates(db, [row.id]),
    photoCount(db, learning.taxonomy.subtree(row.id)),
    mergedInto(db, row.id),
  ])
  if (!state) throw new NotFound('taxon', row.id)
  const { taxa } = learning.liveTree()
  const path = taxa.get(row.id) ? taxa.path(row.id) : []
  const inactive = path.find((above) => !above.active && above.id !== row.id)
  return {
    ...taxon,
    names: state.names,
    externalIds: state.externalIds,
    placeRule: state.placeRule,
    placeRuleAbove: await strictestOf(
      db,
      path.flatMap(({ id }) => (id === row.id ? [] : [id])),
    ),
    photoCount: photos,
    inactiveAbove: inactive ? { id: String(inactive.id), name: inactive.name, rank: inactive.rank } : null,
    mergedFrom: merged.map(({ id, name, rank }) => ({ id: String(id), name, rank })),
  }
}

async function strictestOf(db: Service['db'], taxonIds: number[]): Promise<PlaceRule | null> {
  const rules = new Set((await readStates(db, taxonIds)).map(({ placeRule }) => placeRule))
  return PLACE_RULES.findLast((rule) => rules.has(rule)) ?? null
}
