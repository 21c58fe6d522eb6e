// From rows to the live tree, and from the tree to the metric vectors that nobody has written yet. Rows are read as
// they are now, not as a lesson left them, so applying them again changes nothing. They are read as of one moment and
// applied without awaiting anything, so that no answer ever sees half of a change.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '../../db/connection/connect.ts'
import { getTaxa, loadTaxa, type Taxon as TaxonRow } from '../../db/taxonomy/taxa.ts'
import {
  countDetectionLessons,
  EVERYTHING,
  LESSON_WINDOW,
  lastLesson,
  lessonsAfter,
  type Teaching,
  teachingOf,
} from '../../db/trees/lessons.ts'
import { metRows } from '../../db/trees/met.ts'
import { exemplars, insertMetricVectors, latestPublished } from '../../db/trees/trees.ts'
import type { Sighting } from '../met.ts'
import { project, type Statistics } from '../statistics.ts'
import { decodeStatistics } from '../statistics-bytes.ts'
import { followLists } from './answers/lists.ts'
import { loadPlaces, sightingsOf } from './answers/places.ts'
import { LiveTree } from './live-tree.ts'
import type { Exemplar } from './memory-nearest.ts'
import { followSample } from './surrounding-rows.ts'
import { followWatched } from './watching.ts'

/** A live tree, and which lessons it knows. */
export type Loaded = {
  live: LiveTree
  seen: Set<number>
  lowWater: number
  lessons: number
  lessonsAtVersion: number
  examplesAtVersion: number
  /** Removed taxa that stay in the tree until later lessons take away what they hold. */
  removed: number[]
}

export function treeVersionOf({ live, lessons, lessonsAtVersion }: Loaded): string {
  return `${live.version}.${lessons - lessonsAtVersion}`
}

/**
 * The latest published version with everything taught so far. `reference` gives nearness to versions stored without it.
 * `settle` false: the first answers do what is left of the work.
 */
export async function load(
  db: Db,
  modelSha256: string,
  reference: Pick<Statistics, 'nearness'> | null = null,
  settle = true,
): Promise<Loaded> {
  const row = await latestPublished(db, modelSha256)
  if (!row) throw new Error('Expected a published tree version')
  // Lessons are read before what they teach: one committed in between is applied again later, which changes nothing.
  const lowWater = await lastLesson(db)
  const window = await lessonsAfter(db, lowWater)
  const before = await countDetectionLessons(db, { upTo: lowWater - LESSON_WINDOW })
  const statistics = decodeStatistics(row.statistics)
  statistics.nearness ??= reference?.nearness ?? null
  const live = new LiveTree(row.version, statistics, await loadTaxa(db))
  for await (const page of ahead(exemplars(db, { version: row.version, modelSha256 }))) {
    const rows = projectRows(live, page)
    const taxa = await readTaxa(db, live, unknownTaxa(live, page))
    await writeNewVectors(db, live.version, rows)
    learn(live, { rows, taxa, deleted: [] })
    await nextTurn()
  }
  await followSample(db, modelSha256, live, settle)
  await followWatched(db, live)
  await followLists(db, live)
  await loadPlaces(db, live)
  return {
    live,
    seen: new Set(window.map(({ id }) => id)),
    lowWater: window.at(-1)?.id ?? 0,
    lessons: before + window.filter(({ kind }) => kind === 'detection').length,
    lessonsAtVersion: row.lessons,
    examplesAtVersion: row.examples,
    removed: [],
  }
}

/** The next page is read while the one before it is learned: the database runs beside this thread. */
async function* ahead<T>(pages: AsyncGenerator<T>): AsyncGenerator<T> {
  for (let reading = pages.next(); ; ) {
    const page = await reading
    if (page.done) return
    reading = pages.next()
    // Whoever takes the next page hears of its failure, unless learning this one fails first.
    reading.catch(() => {})
    yield page.value
  }
}

/** What some detections teach, and some taxa, as of one moment. */
export type Changes = {
  rows: Projected[]
  /** Detections that no longer exist. */
  deleted: number[]
  /** Includes taught taxa that the tree did not know. */
  taxa: TaxonRow[]
  /** Taxa that no longer exist. */
  removed: number[]
  /** Where the detections were taken, and which these are; null: where all were. */
  met: { detectionIds: readonly number[] | null; sightings: Map<number, Sighting> }
}

/** To be called in a transaction that reads as of one moment. */
export async function readChanges(
  db: Db,
  modelSha256: string,
  live: LiveTree,
  of: { detectionIds: number[]; taxonIds: number[] },
): Promise<Changes> {
  const rows =
    of.detectionIds.length === 0 ? [] : await teachingOf(db, of.detectionIds, { version: live.version, modelSha256 })
  const present = new Set(rows.map(({ detectionId }) => detectionId))
  const taxa = await readTaxa(db, live, [...of.taxonIds, ...unknownTaxa(live, rows)])
  const existing = new Set(taxa.map(({ id }) => id))
  const all = of.detectionIds.includes(EVERYTHING)
  const sightings = all || of.detectionIds.length > 0 ? await metRows(db, all ? undefined : of.detectionIds) : []
  return {
    met: { detectionIds: all ? null : of.detectionIds, sightings: sightingsOf(sightings) },
    rows: projectRows(live, rows),
    deleted: of.detectionIds.filter((id) => !present.has(id)),
    taxa,
    removed: of.taxonIds.filter((id) => !existing.has(id)),
  }
}

/** Without awaiting anything, so no answer comes in between. `removeTaxa` removes the removed taxa. */
export function applyChanges(live: LiveTree, { met, ...changes }: Omit<Changes, 'removed'>): void {
  learn(live, changes)
  if (met.detectionIds === null) live.places.met.replace(met.sightings)
  else for (const id of met.detectionIds) live.places.met.set(id, met.sightings.get(id) ?? null)
}

function learn(live: LiveTree, { rows, deleted, taxa }: Pick<Changes, 'rows' | 'deleted' | 'taxa'>): void {
  setTaxa(live, taxa)
  for (const id of deleted) live.unteach(id)
  const taught: Exemplar[] = []
  for (const { detectionId, mediaId, taxonId, groupKey, vector } of rows) {
    if (taxonId === null || vector === null) live.unteach(detectionId)
    else taught.push({ detectionId, mediaId, taxonId, groupKey, vector })
  }
  live.teachAll(taught)
}

/** `vector` in the tree's metric where it teaches; `isNew`: nobody has written it yet. */
type Projected = Omit<Teaching, 'embedding'> & { isNew: boolean }

function projectRows(live: LiveTree, rows: Teaching[]): Projected[] {
  return rows.map(({ embedding, ...row }) => {
    const isNew = row.taxonId !== null && row.vector === null && embedding !== null
    return { ...row, vector: isNew ? project(live.statistics, embedding) : row.vector, isNew }
  })
}

export async function writeNewVectors(db: Db, version: number, rows: Projected[]): Promise<void> {
  const vectors = rows.flatMap(({ isNew, detectionId, vector }) => (isNew && vector ? [{ detectionId, vector }] : []))
  await insertMetricVectors(db, version, vectors)
}

const unknownTaxa = (live: LiveTree, rows: Teaching[]): number[] =>
  rows.flatMap(({ taxonId }) => (taxonId === null || live.taxa.get(taxonId) ? [] : [taxonId]))

/** These taxa as they are now, and unknown ones above them; ids that no longer exist are absent. */
async function readTaxa(db: Db, live: LiveTree, ids: number[]): Promise<TaxonRow[]> {
  const found = new Map<number, TaxonRow>()
  for (let missing = [...new Set(ids)]; missing.length > 0; ) {
    for (const taxon of await getTaxa(db, missing)) found.set(taxon.id, taxon)
    const above = [...found.values()].flatMap(({ parentId }) =>
      parentId === null || found.has(parentId) || live.taxa.get(parentId) ? [] : [parentId],
    )
    missing = [...new Set(above)]
  }
  return [...found.values()]
}

/** Parents first. */
function setTaxa(live: LiveTree, taxa: TaxonRow[]): void {
  const left = new Map(taxa.map((taxon) => [taxon.id, taxon]))
  const set = (id: number) => {
    const taxon = left.get(id)
    if (!taxon) return
    left.delete(id)
    if (taxon.parentId !== null) set(taxon.parentId)
    live.setTaxon(taxon)
  }
  for (const { id } of taxa) set(id)
}

/**
 * Removes children before parents. Returns those that still have children or examples, which later lessons take away.
 */
export function removeTaxa(live: LiveTree, ids: number[]): number[] {
  const known = ids.filter((id) => live.taxa.get(id))
  const depth = new Map(known.map((id) => [id, live.taxa.path(id).length]))
  return known
    .sort((a, b) => depth.get(b)! - depth.get(a)!)
    .filter((id) => {
      if (live.isUsed(id)) return true
      live.removeTaxon(id)
      return false
    })
}
