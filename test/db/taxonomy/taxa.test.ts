// Taxa: made, renamed, moved, deleted, and the paths that find or make them.

import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { Conflict, NotFound } from '../../../db/errors.ts'
import { identify } from '../../../db/statements/identifications.ts'
import type { Command } from '../../../db/taxonomy/commands/command.ts'
import { applyEdit, tryUndo, undoEdit } from '../../../db/taxonomy/edits.ts'
import { ensurePath } from '../../../db/taxonomy/paths.ts'
import { subtreesOf } from '../../../db/taxonomy/states.ts'
import {
  childCounts,
  createTaxon,
  deleteTaxon,
  getTaxa,
  getTaxon,
  loadTaxa,
  updateTaxon,
} from '../../../db/taxonomy/taxa.ts'
import { lastLesson, lessonsAfter } from '../../../db/trees/lessons.ts'
import { openTestDatabase } from '../../support/database.ts'
import { addIndexed, addModels, pathOf } from '../../support/rows.ts'

const { db, close } = await openTestDatabase()
after(close)
beforeEach(() => db.execute(sql`truncate taxon, lesson restart identity cascade`))

const ensure = (text: string, commonName?: string) => ensurePath(db, pathOf(text), commonName)
const spelled = async () => {
  const taxa = await loadTaxa(db)
  const byId = new Map(taxa.map((taxon) => [taxon.id, taxon]))
  const spell = (id: number): string => {
    const taxon = byId.get(id)!
    return `${taxon.parentId === null ? '' : `${spell(taxon.parentId)} > `}${taxon.rank} ${taxon.name}`
  }
  return taxa.map((taxon) => spell(taxon.id)).sort()
}

describe('createTaxon', () => {
  test('makes a taxon with its rank level and writes a lesson', async () => {
    const aves = await createTaxon(db, { name: 'Aves', rank: 'class', parentId: null, commonName: 'birds' })
    assert.deepEqual(
      { ...aves, id: 0 },
      {
        id: 0,
        parentId: null,
        name: 'Aves',
        rank: 'class',
        rankLevel: 50,
        commonName: 'birds',
        needsPlacing: false,
        active: true,
        revision: 1,
      },
    )
    const lessons = await lessonsAfter(db, 0)
    assert.deepEqual(
      lessons.map(({ kind, subjectId }) => ({ kind, subjectId })),
      [{ kind: 'taxon', subjectId: aves.id }],
    )
  })
  test('refuses a sibling of the same name and rank, ignoring case, and says which', async () => {
    const aves = await createTaxon(db, { name: 'Aves', rank: 'class', parentId: null })
    await assert.rejects(
      createTaxon(db, { name: 'aves', rank: 'class', parentId: null }),
      (error) => error instanceof Conflict && error.existingId === aves.id,
    )
    await createTaxon(db, { name: 'Aves', rank: 'order', parentId: null })
  })
  test('refuses a missing parent and a parent of no higher rank', async () => {
    await assert.rejects(createTaxon(db, { name: 'Corvus', rank: 'genus', parentId: 99 }), NotFound)
    const genus = await createTaxon(db, { name: 'Corvus', rank: 'genus', parentId: null })
    for (const rank of ['genus', 'family'] as const) {
      await assert.rejects(
        createTaxon(db, { name: 'X', rank, parentId: genus.id }),
        /Expected a parent of a higher rank/,
      )
    }
  })
})

describe('updateTaxon and deleteTaxon', () => {
  test('renames, names in common, moves and notes lessons', async () => {
    const corvus = await ensure('class Aves > family Corvidae > genus Corvus')
    const pica = await ensure('class Aves > family Pica')
    const before = await lastLesson(db)
    await updateTaxon(db, corvus, { name: 'Corvus L.', commonName: 'crows', needsPlacing: true })
    const moved = await updateTaxon(db, corvus, { parentId: pica, needsPlacing: false })
    assert.deepEqual(await getTaxon(db, corvus), moved)
    assert.equal(moved.name, 'Corvus L.')
    assert.equal(moved.commonName, 'crows')
    assert.equal(moved.parentId, pica)
    assert.equal((await updateTaxon(db, corvus, { parentId: null })).parentId, null)
    const lessons = (await lessonsAfter(db, before)).filter((lesson) => lesson.id > before)
    assert.deepEqual(
      lessons.map((lesson) => lesson.subjectId),
      [corvus, corvus, corvus, corvus, corvus],
      'one for each: the name, the common name, the need of placing, and two moves',
    )
  })
  test('refuses cycles, ranks out of order, a taken name, an unknown taxon', async () => {
    const species = await ensure('class Aves > family Corvidae > genus Corvus > species Corvus corax')
    const genus = (await getTaxon(db, species)).parentId!
    const family = (await getTaxon(db, genus)).parentId!
    await assert.rejects(updateTaxon(db, family, { parentId: species }), /outside of Corvidae/)
    await assert.rejects(updateTaxon(db, genus, { parentId: genus }), /outside of Corvus/)
    const other = await ensure('genus Pica')
    await assert.rejects(updateTaxon(db, family, { parentId: other }), /higher rank than family/)
    const twin = await ensure('class Aves > family Corvidae > genus Pica')
    await assert.rejects(
      updateTaxon(db, twin, { name: 'CORVUS' }),
      (error) => error instanceof Conflict && error.existingId === genus,
    )
    await assert.rejects(updateTaxon(db, 999, { name: 'x' }), NotFound)
    assert.equal((await getTaxon(db, genus)).parentId, family)
  })
  test('deletes only taxa without children', async () => {
    const genus = await ensure('class Aves > genus Corvus')
    const aves = (await getTaxon(db, genus)).parentId!
    await assert.rejects(deleteTaxon(db, aves), /no taxa below/)
    await deleteTaxon(db, genus)
    await deleteTaxon(db, aves)
    assert.deepEqual(await loadTaxa(db), [])
    await assert.rejects(deleteTaxon(db, aves), NotFound)
  })
  test('counts children and lists subtrees', async () => {
    const corax = await ensure('class Aves > genus Corvus > species Corvus corax')
    const cornix = await ensure('class Aves > genus Corvus > species Corvus cornix')
    const genus = (await getTaxon(db, corax)).parentId!
    const aves = (await getTaxon(db, genus)).parentId!
    assert.deepEqual(
      await childCounts(db, [aves, genus, corax]),
      new Map([
        [aves, 1],
        [genus, 2],
      ]),
    )
    assert.deepEqual(
      (await subtreesOf(db, [genus])).sort((a, b) => a - b),
      [genus, corax, cornix].sort((a, b) => a - b),
    )
    assert.deepEqual(
      (await getTaxa(db, [corax, 999])).map((taxon) => taxon.id),
      [corax],
    )
  })
})

describe('ensurePath', () => {
  test('makes what is missing and finds it again, ignoring case', async () => {
    const first = await ensure('class Aves > family Corvidae > genus Corvus > species Corvus corax', 'raven')
    assert.equal(await ensure('class aves > family CORVIDAE > genus Corvus > species corvus corax'), first)
    assert.equal((await loadTaxa(db)).length, 4)
    assert.equal((await getTaxon(db, first)).commonName, 'raven')
  })
  test('keeps homonyms apart by their path', async () => {
    const bird = await ensure('kingdom Animalia > class Aves > genus Oenanthe')
    const plant = await ensure('kingdom Plantae > class Magnoliopsida > genus Oenanthe')
    assert.notEqual(bird, plant)
    assert.equal(await ensure('class Aves > genus Oenanthe'), bird)
    assert.equal(await ensure('kingdom Plantae > class Magnoliopsida > genus Oenanthe'), plant)
    const bare = await ensure('genus Oenanthe')
    assert.ok(bare !== bird && bare !== plant, 'two could be meant, so neither is taken')
  })
  test('uses the rest of the path to tell homonyms apart', async () => {
    await ensure('kingdom Animalia > class Aves > genus Oenanthe > species Oenanthe oenanthe')
    const plant = await ensure('kingdom Plantae > class Magnoliopsida > genus Oenanthe > species Oenanthe crocata')
    assert.equal(await ensure('genus Oenanthe > species Oenanthe crocata'), plant)
  })
  test('ranks may be missing in the path', async () => {
    const full = await ensure('kingdom Animalia > class Aves > order Passeriformes > family Corvidae > genus Corvus')
    assert.equal(await ensure('class Aves > family Corvidae > genus Corvus'), full)
    assert.equal(await ensure('genus Corvus'), full)
    const other = await ensure('class Aves > order Strigiformes > family Corvidae > genus Corvus')
    assert.notEqual(other, full, 'an order that contradicts is another place')
  })
  test('ranks may be missing in the tree', async () => {
    const ragged = await ensure('class Aves > family Corvidae > species Corvus corax')
    assert.equal(
      await ensure('class Aves > order Passeriformes > family Corvidae > genus Corvus > species Corvus corax'),
      ragged,
    )
    assert.deepEqual(await spelled(), [
      'class Aves',
      'class Aves > family Corvidae',
      'class Aves > family Corvidae > species Corvus corax',
    ])
  })
  test('adds a common name where there was none, and keeps one that is there', async () => {
    const id = await ensure('genus Corvus')
    const before = await lastLesson(db)
    await ensure('genus Corvus', 'crows')
    assert.ok((await lastLesson(db)) > before)
    await ensure('genus Corvus', 'ravens')
    assert.equal((await getTaxon(db, id)).commonName, 'crows')
  })
  test('marks what it made for placing, refuses empty and disordered paths', async () => {
    const id = await ensurePath(db, pathOf('genus Danaus > species Danaus plexippus'), null, true)
    assert.equal((await getTaxon(db, id)).needsPlacing, true)
    await assert.rejects(ensurePath(db, []), Conflict)
    await assert.rejects(ensure('genus Corvus > family Corvidae'), /from the top down/)
    await assert.rejects(ensure('genus  '), /Expected a name/)
  })
  test('many at once make each taxon once', async () => {
    const ids = await Promise.all(
      Array.from({ length: 12 }, () => ensure('class Aves > family Corvidae > genus Corvus')),
    )
    assert.equal(new Set(ids).size, 1)
    assert.equal((await loadTaxa(db)).length, 3)
  })
})

describe('undoEdit where a later edit depends on what it takes back', () => {
  const edit = (command: Command) => applyEdit(db, { command, person: 'Ada' })
  const undo = ({ editId }: { editId: number }) => undoEdit(db, editId, 'Ada')
  const genus = async (name: string) => {
    const made = await edit({ kind: 'add', name, rank: 'genus', parentId: null })
    return { editId: made.editId, id: made.changes[0]!.id }
  }

  test('refuses to remove a taxon that another was merged into', async () => {
    const corvus = await genus('Corvus')
    const corone = await genus('Corone')
    const merged = await edit({ kind: 'merge', id: corone.id, intoId: corvus.id })
    const refused = /Expected no taxon to have been merged into Corvus, but 1 were: undo the later edit first/
    await assert.rejects(undo(corvus), refused)
    await assert.rejects(tryUndo(db, corvus.editId, 'Ada'), refused)
    await undo(merged)
    await undo(corvus)
  })
  test('refuses to merge again into a taxon that was removed', async () => {
    const corvus = await genus('Corvus')
    const corone = await genus('Corone')
    const undone = await undo(await edit({ kind: 'delete', id: corone.id, moveTo: corvus.id }))
    await edit({ kind: 'delete', id: corvus.id })
    await assert.rejects(undo(undone), /Expected taxon \d+, into which Corone was merged, to be there/)
  })
  test('removes a taxon that animals taught because its children contradict each other', async () => {
    await addModels(db)
    const [a, b] = [await ensure('species Corvus corax'), await ensure('species Corvus cornix')]
    const { detectionId } = await addIndexed(db)
    const say = (taxonId: number, person: string) =>
      identify(db, { detectionId, taxonId, person, basis: { kind: 'search' } })
    await say(a, 'Ada')
    await say(b, 'Ben')
    const id = 1000
    const made = await edit({
      kind: 'batch',
      note: 'a list',
      commands: [
        { kind: 'add', id, name: 'Corvus', rank: 'genus', parentId: null },
        { kind: 'move', id: a, parentId: id },
        { kind: 'move', id: b, parentId: id },
      ],
    })
    assert.deepEqual(made.taught, [{ detectionId, before: null, after: id }])
    assert.deepEqual((await undo(made)).taught, [{ detectionId, before: id, after: null }])
  })
})
