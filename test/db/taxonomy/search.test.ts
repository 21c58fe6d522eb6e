// Taxa found by name: of folders, and as a person types.

import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { applyEdit } from '../../../db/taxonomy/edits.ts'
import { ensurePath, findByName } from '../../../db/taxonomy/paths.ts'
import { searchTaxa, type TaxonCursor } from '../../../db/taxonomy/search.ts'
import { getTaxon } from '../../../db/taxonomy/taxa.ts'
import { openTestDatabase } from '../../support/database.ts'
import { pathOf } from '../../support/rows.ts'

const { db, close } = await openTestDatabase()
after(close)
beforeEach(() => db.execute(sql`truncate taxon, lesson restart identity cascade`))

const ensure = (text: string, commonName?: string) => ensurePath(db, pathOf(text), commonName)

test('findByName takes scientific and common names as folders spell them', async () => {
  const monarch = await ensure('genus Danaus > species Danaus plexippus', 'Monarch')
  const monarcha = await ensure('genus Monarcha', 'monarch')
  const genus = (await getTaxon(db, monarch)).parentId!
  const found = async (name: string) => (await findByName(db, name)).map((taxon) => taxon.id)
  assert.deepEqual(await found('Danaus_plexippus'), [monarch])
  assert.deepEqual(await found('MONARCH'), [monarch, monarcha])
  assert.deepEqual(await found('danaus'), [genus])
  assert.deepEqual(await found('Danaus%'), [])
})

describe('searchTaxa', () => {
  const names = async (search: Parameters<typeof searchTaxa>[1]) =>
    (await searchTaxa(db, search)).items.map((taxon) => taxon.name)

  test('exact, then beginnings, then words, then contained; scientific and common', async () => {
    await ensure('genus Corvus > species Corvus corax', 'common raven')
    await ensure('genus Pica > species Pica pica', 'corvus-like magpie')
    await ensure('genus Xcorvusia')
    await ensure('genus Corvusina')
    assert.deepEqual(await names({ q: ' corvus ', limit: 10 }), [
      'Corvus',
      'Corvus corax',
      'Corvusina',
      'Pica pica',
      'Xcorvusia',
    ])
    assert.deepEqual(await names({ q: 'rav', limit: 10 }), ['Corvus corax'])
    assert.deepEqual(await names({ q: 'corax corv', limit: 10 }), ['Corvus corax'])
    assert.deepEqual(await names({ q: "100%_\\'&|!", limit: 10 }), [])
    assert.deepEqual(await names({ q: '%', limit: 10 }), [])
  })
  test('names in any script, whatever their case', async () => {
    await ensure('genus Sciurus > species Sciurus vulgaris', 'Écureuil roux')
    await ensure('genus Ursus > species Ursus arctos', 'Медведь')
    await ensure('genus Natrix > species Natrix natrix', "l'Österreich-Natter")
    for (const [q, name] of [
      ['écur', 'Sciurus vulgaris'],
      ['ÉCUREUIL ROUX', 'Sciurus vulgaris'],
      ['roux écu', 'Sciurus vulgaris'],
      ['CUREU', 'Sciurus vulgaris'],
      ['медв', 'Ursus arctos'],
      ['ЕДВЕ', 'Ursus arctos'],
      ['öst', 'Natrix natrix'],
      ['NATTER Ö', 'Natrix natrix'],
      ['ö', 'Natrix natrix'],
    ] as const)
      assert.deepEqual(await names({ q, limit: 10 }), [name], q)
    assert.equal((await findByName(db, 'écureuil_roux')).length, 1)
  })
  test('of one kind of match the older comes first, wherever it stands', async () => {
    const synonym = [{ kind: 'synonym' as const, language: null, name: 'Felis', preferred: false }]
    await ensure('family Other')
    for (const path of ['family Zed > genus Leopardus', 'family Other > genus Puma', 'family Other > genus Xfelis'])
      await applyEdit(db, { command: { kind: 'setNames', id: await ensure(path), names: synonym }, person: 'ada' })
    await ensure('genus Xfeline')
    assert.deepEqual(await names({ q: 'felis', limit: 10 }), ['Leopardus', 'Puma', 'Xfelis'])
    assert.deepEqual(await names({ q: 'fel', limit: 10 }), ['Leopardus', 'Puma', 'Xfelis', 'Xfeline'])
    await ensure('genus Lynx', 'wild qat')
    await ensure('genus Caracal', 'tame qat')
    await ensure('genus Prionailurus', '"..."')
    await ensure('genus Otocolobus', '#"..."')
    assert.deepEqual(await names({ q: 'qa', limit: 10 }), ['Lynx', 'Caracal'])
    assert.deepEqual(await names({ q: '"..', limit: 10 }), ['Prionailurus', 'Otocolobus'])
  })
  test('children of a taxon, the top without one', async () => {
    const corax = await ensure('class Aves > genus Corvus > species Corvus corax')
    await ensure('class Aves > genus Corvus > species Corvus albus')
    const genus = (await getTaxon(db, corax)).parentId!
    assert.deepEqual(await names({ parentId: genus, limit: 10 }), ['Corvus albus', 'Corvus corax'])
    assert.deepEqual(await names({ limit: 10 }), ['Aves'])
    assert.deepEqual(await names({ parentId: null, q: 'corv', limit: 10 }), [])
    assert.deepEqual(await names({ parentId: genus, q: 'al', limit: 10 }), ['Corvus albus'])
  })
  test('pages neither lose nor repeat a taxon, whatever the page size and kind of match', async () => {
    for (let i = 0; i < 23; i++) await ensure(`genus ${['Para', 'Xpara', 'Big para', 'para'][i % 4]}${i}`)
    const all = await names({ q: 'para', limit: 100 })
    assert.equal(all.length, 23)
    for (const limit of [1, 2, 5, 22, 23]) {
      const seen: string[] = []
      let cursor: TaxonCursor | null = null
      do {
        const page = await searchTaxa(db, { q: 'para', limit, cursor })
        seen.push(...page.items.map((taxon) => taxon.name))
        cursor = page.nextCursor
      } while (cursor)
      assert.deepEqual(seen, all)
    }
  })
})
