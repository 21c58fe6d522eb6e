// From rows to the living tree. In: what detections teach, taxa as they are now. Out: the same in memory; metric vectors that
// were not written yet are. Everything may be applied again: rows are read as they are, not as a lesson left them. What is read
// is of one moment, and is applied in one go, so that no answer is ever given by half of a change.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '../../db/connection/connect.ts'
import { getTaxa, loadTaxa, type Taxon as TaxonRow } from '../../db/taxonomy/taxa.ts'
import {
  countDetectionLessons,
  LESSON_WINDOW,
  lastLesson,
  lessonsAfter,
  type Teaching,
  teachingOf,
} from '../../db/trees/lessons.ts'
import { exemplars, insertMetricVectors, latestPublished } from '../../db/trees/trees.ts'
import { project } from '../statistics.ts'
import { decodeStatistics } from '../statistics-bytes.ts'
import { LivingTree } from './living-tree.ts'

/** A living tree and which lessons it has seen. */
export type Loaded = {
  living: LivingTree
  seen: Set<number>
  lowWater: number
  lessons: number
  lessonsAtVersion: number
  examplesAtVersion: number
  /** Taxa that are no more, kept while lessons that were not seen yet take away what they hold. */
  leaving: number[]
}

/** The latest published version with everything taught so far. */
export async function load(db: Db, modelSha256: string): Promise<Loaded> {
  const row = await latestPublished(db, modelSha256)
  if (!row) throw new Error('Expected a published tree version')
  // Lessons are read before what they taught: one that is committed in between is applied again later, which changes nothing.
  const lowWater = await lastLesson(db)
  const window = await lessonsAfter(db, lowWater)
  const before = await countDetectionLessons(db, { upTo: lowWater - LESSON_WINDOW })
  const living = new LivingTree(row.version, decodeStatistics(row.statistics), await loadTaxa(db))
  for await (const page of exemplars(db, { version: row.version, modelSha256 })) {
    const rows = measure(living, page)
    const taxa = await readTaxa(db, living, unknownTaxa(living, page))
    await writeNewVectors(db, living.version, rows)
    learnNews(living, { rows, taxa, forgotten: [] })
    await nextTurn()
  }
  return {
    living,
    seen: new Set(window.map(({ id }) => id)),
    lowWater: window.at(-1)?.id ?? 0,
    lessons: before + window.filter(({ kind }) => kind === 'detection').length,
    lessonsAtVersion: row.lessons,
    examplesAtVersion: row.examples,
    leaving: [],
  }
}

/** What some detections teach and what some taxa are now, as of one moment. */
export type News = {
  rows: Measured[]
  /** Detections that are no more. */
  forgotten: number[]
  /** With those that are taught and were not known. */
  taxa: TaxonRow[]
  /** Taxa that are no more. */
  gone: number[]
}

/** Call it in a transaction that sees one moment. */
export async function readNews(
  db: Db,
  modelSha256: string,
  living: LivingTree,
  of: { detectionIds: number[]; taxonIds: number[] },
): Promise<News> {
  const rows =
    of.detectionIds.length === 0 ? [] : await teachingOf(db, of.detectionIds, { version: living.version, modelSha256 })
  const present = new Set(rows.map(({ detectionId }) => detectionId))
  const taxa = await readTaxa(db, living, [...of.taxonIds, ...unknownTaxa(living, rows)])
  const existing = new Set(taxa.map(({ id }) => id))
  return {
    rows: measure(living, rows),
    forgotten: of.detectionIds.filter((id) => !present.has(id)),
    taxa,
    gone: of.taxonIds.filter((id) => !existing.has(id)),
  }
}

/** All at once: no answer is given in between. `gone` is left for `removeGone`. */
export function learnNews(living: LivingTree, { rows, forgotten, taxa }: Omit<News, 'gone'>): void {
  setTaxa(living, taxa)
  for (const id of forgotten) living.unteach(id)
  for (const { detectionId, mediaId, taxonId, groupKey, vector } of rows) {
    if (taxonId === null || vector === null) living.unteach(detectionId)
    else living.teach({ detectionId, mediaId, taxonId, groupKey, vector })
  }
}

/** With its vector in the tree's metric where it teaches; `isNew`: nobody wrote that yet. */
type Measured = Omit<Teaching, 'embedding'> & { isNew: boolean }

function measure(living: LivingTree, rows: Teaching[]): Measured[] {
  return rows.map(({ embedding, ...row }) => {
    const isNew = row.taxonId !== null && row.vector === null && embedding !== null
    return { ...row, vector: isNew ? project(living.statistics, embedding) : row.vector, isNew }
  })
}

export async function writeNewVectors(db: Db, version: number, rows: Measured[]): Promise<void> {
  const vectors = rows.flatMap(({ isNew, detectionId, vector }) => (isNew && vector ? [{ detectionId, vector }] : []))
  await insertMetricVectors(db, version, vectors)
}

const unknownTaxa = (living: LivingTree, rows: Teaching[]): number[] =>
  rows.flatMap(({ taxonId }) => (taxonId === null || living.taxa.get(taxonId) ? [] : [taxonId]))

/** These taxa as they are now, and those above them that are not known; ids that no longer exist are absent. */
async function readTaxa(db: Db, living: LivingTree, ids: number[]): Promise<TaxonRow[]> {
  const found = new Map<number, TaxonRow>()
  for (let missing = [...new Set(ids)]; missing.length > 0; ) {
    for (const taxon of await getTaxa(db, missing)) found.set(taxon.id, taxon)
    const above = [...found.values()].flatMap(({ parentId }) =>
      parentId === null || found.has(parentId) || living.taxa.get(parentId) ? [] : [parentId],
    )
    missing = [...new Set(above)]
  }
  return [...found.values()]
}

/** Parents first. */
function setTaxa(living: LivingTree, taxa: TaxonRow[]): void {
  const left = new Map(taxa.map((taxon) => [taxon.id, taxon]))
  const place = (id: number) => {
    const taxon = left.get(id)
    if (!taxon) return
    left.delete(id)
    if (taxon.parentId !== null) place(taxon.parentId)
    living.setTaxon(taxon)
  }
  for (const { id } of taxa) place(id)
}

/**
 * Children before parents. Returns those that still have children or examples: the lessons that take these away come later.
 */
export function removeGone(living: LivingTree, ids: number[]): number[] {
  const known = ids.filter((id) => living.taxa.get(id))
  const depth = new Map(known.map((id) => [id, living.taxa.path(id).length]))
  return known
    .sort((a, b) => depth.get(b)! - depth.get(a)!)
    .filter((id) => {
      if (living.isUsed(id)) return true
      living.removeTaxon(id)
      return false
    })
}
