// A long history of random edits, by fixed seeds: after undo all rows and suggestions are as before. The log,
// replayed into an empty taxonomy with the same identifications, makes an equal taxonomy and equal suggestions.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { sql } from 'drizzle-orm'
import { replay } from '../../../api/taxonomy/replay.ts'
import type { Learning } from '../../../classifiers/live/learning.ts'
import { random } from '../../../classifiers/seeded-random.ts'
import type { Database } from '../../../db/connection/connect.ts'
import { Conflict, NotFound } from '../../../db/errors.ts'
import { RANK_LEVELS, type Rank } from '../../../db/schema.ts'
import { identify } from '../../../db/statements/identifications.ts'
import type { Command } from '../../../db/taxonomy/commands/command.ts'
import { applyEdit, undoEdit } from '../../../db/taxonomy/edits.ts'
import { commands } from '../../../db/taxonomy/log.ts'
import { readStates, type TaxonState } from '../../../db/taxonomy/states.ts'
import { openTestDatabase } from '../../support/database.ts'
import { emptyReference, openTestLearning } from '../../support/learning.ts'
import { addIndexed, addModels, animal } from '../../support/rows.ts'

const EDITS = 1000
const UNDO_EVERY = 20
const DIMENSIONS = 6
const KINDS = 6
/** Fewer examples than would start an estimation of new statistics. */
const PHOTOS = 18
const RANKS: Rank[] = ['class', 'family', 'genus', 'species']
const reference = emptyReference(DIMENSIONS)

function embedding(kind: number, seed: number): Float32Array {
  const next = random(kind * 1000 + seed)
  const values = Float32Array.from({ length: DIMENSIONS }, (_, i) => (i === kind ? 1 : 0.2) + 0.2 * next())
  const length = Math.hypot(...values)
  return values.map((value) => value / length)
}

type World = { database: Database; learning: Learning; detections: number[]; close(): Promise<void> }

async function makeWorld(): Promise<World> {
  const database = await openTestDatabase()
  await addModels(database.db)
  const detections: number[] = []
  for (let i = 0; i < PHOTOS; i++) {
    const one = animal({ embedding: embedding(i % KINDS, i) })
    detections.push((await addIndexed(database.db, { group: `g${i}` }, [one])).detectionId)
  }
  const learning = await openTestLearning({ database, reference })
  return {
    database,
    learning,
    detections,
    async close() {
      await learning.close()
      await database.close()
    },
  }
}

const queries = [0, 2, 5].map((kind) => embedding(kind, 500 + kind))

/** Everything that edits may change, and what is suggested. */
async function picture({ database: { db }, learning }: World) {
  await learning.sync()
  const { rows: teaching } = await db.execute(
    sql`select id, taught_taxon_id, conflict from detection where taught_taxon_id is not null or conflict order by id`,
  )
  const { rows: statements } = await db.execute(
    sql`select id, detection_id, taxon_id, said_taxon_id, person from identification order by id`,
  )
  const answers = []
  for (const query of queries) answers.push(await learning.answer(query, { accuracy: 0.8, limit: 5, similar: 1 }))
  return { taxa: await readStates(db, null), statements, teaching, answers }
}

type Picture = Awaited<ReturnType<typeof picture>>

/** Rows come before what follows from them, so that a difference is reported where it begins. */
function assertSame(actual: Picture, expected: Picture, what: string): void {
  for (const part of ['taxa', 'statements', 'teaching', 'answers'] as const)
    assert.deepEqual(actual[part], expected[part], `${part}: ${what}`)
}

type Statement = { detectionId: number; taxonId: number; person: string }

/** A random command, which may be refused. */
function propose(next: () => number, states: TaxonState[], statements: (Statement & { now: number })[]): Command {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!
  const live = states.filter(({ mergedIntoId }) => mergedIntoId === null)
  const word = () => `n${Math.floor(next() * 400)}`
  const higher = (rank: Rank) => live.filter((one) => RANK_LEVELS[one.rank] > RANK_LEVELS[rank])
  const place = (rank: Rank) => (higher(rank).length === 0 || next() < 0.1 ? null : pick(higher(rank)).id)
  if (live.length < 12 || (live.length < 90 && next() < 0.3)) {
    const rank = pick(RANKS)
    return { kind: 'add', name: word(), rank, parentId: place(rank), externalIds: next() < 0.2 ? [`x:${word()}`] : [] }
  }
  const { id, rank } = pick(live)
  switch (Math.floor(next() * 10)) {
    case 0:
      return { kind: 'rename', id, name: word() }
    case 1: {
      const common = {
        kind: 'common' as const,
        language: pick(['en', 'de', null]),
        name: word(),
        preferred: next() < 0.5,
      }
      return {
        kind: 'setNames',
        id,
        names: [common, { kind: 'synonym', language: null, name: word(), preferred: false }],
      }
    }
    case 2:
    case 3:
      return { kind: 'move', id, parentId: place(rank) }
    case 4:
      return { kind: 'merge', id, intoId: pick(live.filter((one) => one.rank === rank)).id }
    case 5: {
      const said = pick(statements)
      const part = statements.filter((one) => one.now === said.now && (one === said || next() < 0.5))
      const detectionIds = [...new Set(part.map(({ detectionId }) => detectionId))]
      return { kind: 'split', id: said.now, into: { name: word() }, detectionIds }
    }
    case 6:
      return { kind: next() < 0.4 ? 'deactivate' : 'activate', id }
    case 7:
      return { kind: 'delete', id, ...(next() < 0.3 && { moveTo: pick(live.filter((one) => one.rank === rank)).id }) }
    case 8:
      return { kind: 'setExternalIds', id, externalIds: [`x:${word()}`] }
    default:
      return {
        kind: 'batch',
        note: 'two at once',
        commands: [
          { kind: 'rename', id, name: word() },
          { kind: 'setPlacing', id, needsPlacing: next() < 0.5 },
        ],
      }
  }
}

/** What proposals are drawn from. */
async function readScene({ database: { db } }: World) {
  const { rows } = await db.execute<Statement & { now: number }>(
    sql`select detection_id as "detectionId", taxon_id as "taxonId", taxon_id as now, person from identification order by id`,
  )
  return { states: await readStates(db, null), statements: rows }
}

const isRefused = (error: unknown) => error instanceof Conflict || error instanceof NotFound

describe('a history of random edits', () => {
  const worlds: World[] = []
  after(async () => {
    for (const world of worlds) await world.close()
  })

  it('undoes every kind of command exactly, and is made again by its log', async () => {
    const first = await makeWorld()
    worlds.push(first)
    const { db } = first.database
    const next = random(20)
    const said: (Statement & { afterEdit: number })[] = []
    const kinds = new Map<string, number>()
    let done = 0
    let tried = 0
    let lastEdit = 0
    /** Null: something has changed it. A refused command changes nothing. */
    let scene: Awaited<ReturnType<typeof readScene>> | null = null
    while (done < EDITS) {
      tried++
      assert.ok(tried < EDITS * 10, `only ${done} of ${tried} edits were possible`)
      scene ??= await readScene(first)
      const { states, statements } = scene
      const live = states.filter(({ mergedIntoId }) => mergedIntoId === null)
      if (live.length >= 12 && (statements.length < 20 || next() < 0.05)) {
        const statement = {
          detectionId: first.detections[Math.floor(next() * PHOTOS)]!,
          taxonId: live[Math.floor(next() * live.length)]!.id,
          person: `p${Math.floor(next() * 3)}`,
        }
        await identify(db, { ...statement, basis: { kind: 'search' } })
        said.push({ ...statement, afterEdit: lastEdit })
        scene = null
        continue
      }
      const command = propose(next, states, statements)
      const watched = done % UNDO_EVERY === 0 || (kinds.get(command.kind) ?? 0) < 3
      const before = watched ? await picture(first) : null
      try {
        lastEdit = (await applyEdit(db, { command, person: 'ada' })).editId
      } catch (error) {
        assert.ok(isRefused(error), String(error))
        continue
      }
      scene = null
      done++
      kinds.set(command.kind, (kinds.get(command.kind) ?? 0) + 1)
      if (before) {
        const after = await picture(first)
        const undone = await undoEdit(db, lastEdit, 'bob')
        assertSame(await picture(first), before, `undo of ${JSON.stringify(command)}`)
        lastEdit = (await undoEdit(db, undone.editId, 'bob')).editId
        assertSame(await picture(first), after, `redo of ${JSON.stringify(command)}`)
        done += 2
      }
    }
    for (const kind of [
      'add',
      'rename',
      'setNames',
      'move',
      'merge',
      'split',
      'deactivate',
      'activate',
      'delete',
      'batch',
    ])
      assert.ok((kinds.get(kind) ?? 0) >= 3, `${kind}: ${kinds.get(kind) ?? 0}`)

    const second = await makeWorld()
    worlds.push(second)
    assert.deepEqual(second.detections, first.detections)
    const speak = async (afterEdit: number) => {
      for (const one of said.filter((statement) => statement.afterEdit === afterEdit))
        await identify(second.database.db, { ...one, basis: { kind: 'search' } })
    }
    await speak(0)
    for await (const { id, command } of commands(db)) {
      await applyEdit(second.database.db, { command, person: 'ada' })
      await speak(id)
    }
    assertSame(await picture(second), await picture(first), 'replayed')
    const { edits, ...compared } = await replay(db)
    assert.ok(edits >= EDITS)
    const taxa = (await readStates(db, null)).length
    assert.deepEqual(compared, { taxa, equal: true, refused: null, differing: 0, differences: [] })
    assert.ok((await picture(first)).answers.some(({ suggestions }) => suggestions.length > 0))
  })
})
