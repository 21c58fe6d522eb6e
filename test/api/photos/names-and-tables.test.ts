// Names and tables as people's files have them: open nomenclature, white space, accents, encodings, folders of systems
// and cameras.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { textSchema, tidyText } from '../../../api/contract/exchange/text.ts'
import { decodeText } from '../../../api/interchange/plain-text.ts'
import { namesNoTaxon, readHigherName, readScientificName } from '../../../api/interchange/scientific-name.ts'
import { delimiterOf } from '../../../api/interchange/table-start.ts'
import { factsOfFolders } from '../../../api/photos/labels/folder-labels.ts'
import { stepsOfColumns } from '../../../api/photos/labels/label-taxon.ts'

describe('scientific names', () => {
  const read = (text: string, genus = '') => {
    const name = readScientificName(text, genus)
    return name && (name.subspecies ?? name.species ?? name.genus)
  }

  test('an abbreviated epithet is the one that follows', () => {
    assert.equal(read('Canis l. lupus'), 'Canis lupus lupus')
    assert.equal(read('Canis l. dingo'), 'Canis')
  })

  test('what is in doubt teaches no more than the genus', () => {
    for (const text of [
      'Canis sp.',
      'Canis spp',
      'Canis sp. 1',
      'Canis cf. latrans',
      'Canis aff. aureus',
      'cf. Canis lupus',
      'Canis ?',
      'Canis × lupaster',
      'Canis x lupaster',
      'Canis lupus × latrans',
      'Canis latrans/lupus',
      'Canis n. sp.',
      'Canis Linnaeus, 1758',
    ])
      assert.equal(read(text), 'Canis', text)
  })

  test('authors, years, subgenera and the marks of ranks are no part of a name', () => {
    for (const text of [
      '†Canis latrans',
      'Canis latrans, male',
      'Canis latrans sensu lato',
      'Canis latrans s. str.',
      'Canis latrans auct.',
      'Canis latrans Say',
      'Canis latrans Say, 1823',
      'Canis (Canis) latrans',
      'Canis latrans de Winton',
      'CANIS LATRANS',
      'canis latrans',
      'Canis_latrans',
    ])
      assert.equal(read(text), 'Canis latrans', text)
    for (const text of [
      'Canis lupus ssp. familiaris',
      'Canis lupus subsp familiaris',
      'Canis lupus familiaris Linnaeus, 1758',
    ])
      assert.equal(read(text), 'Canis lupus familiaris', text)
    assert.equal(read('Canis lupus cf. familiaris'), 'Canis lupus')
  })

  test('an epithet alone belongs to the genus of its column', () => {
    assert.equal(read('lupus', 'Canis'), 'Canis lupus')
    assert.equal(read('cf. lupus', 'Canis'), 'Canis')
    assert.equal(read('lupus familiaris', 'canis'), 'Canis lupus familiaris')
    assert.equal(read('', 'Canis'), 'Canis')
    assert.equal(read('123'), null)
  })

  test('states are no taxa, and higher names begin with a capital', () => {
    for (const text of ['blank', 'Empty', 'unknown', 'no cv result', 'UNID', '-', 'unidentified animal'])
      assert.ok(namesNoTaxon(text), text)
    assert.ok(!namesNoTaxon('Unknownia'))
    assert.deepEqual(['mammalia', 'MAMMALIA', 'Mammalia', 'MacGregor'].map(readHigherName), [
      'Mammalia',
      'Mammalia',
      'Mammalia',
      'MacGregor',
    ])
  })

  test('columns of one species in five spellings are one path', () => {
    const rows = [
      { class: 'Mammalia', genus: 'Genetta', species: 'Genetta\u00a0genetta' },
      { class: 'Mammalia', genus: 'Genetta', species: 'Genetta  genetta' },
      { class: 'Mammalia', genus: 'Genetta\u200b', species: 'Genetta genetta' },
      { class: 'mammalia', genus: 'genetta', species: 'GENETTA GENETTA' },
      { class: 'Mammalia', genus: 'Genetta', species: 'genetta' },
    ]
    for (const row of rows)
      assert.deepEqual(stepsOfColumns(row), [
        { rank: 'class', name: 'Mammalia' },
        { rank: 'genus', name: 'Genetta' },
        { rank: 'species', name: 'Genetta genetta' },
      ])
    assert.deepEqual(stepsOfColumns({ class: 'unknown', species: 'blank' }), [])
  })

  test('any text gives a name of letters, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, genus) => {
        const name = readScientificName(text, genus)
        if (name === null) return
        assert.match(name.genus, /^\p{Lu}[\p{Ll}-]+$/u)
        if (name.species !== null) assert.match(name.species, /^\p{Lu}[\p{Ll}-]+ \p{Ll}[\p{Ll}-]*$/u)
      }),
      { numRuns: 500, seed: 7 },
    )
  })
})

describe('tables', () => {
  test('text in UTF-8, UTF-16 and Windows-1252 is read as it was meant', () => {
    assert.equal(decodeText(Buffer.from('Forêt', 'utf8')), 'Forêt')
    assert.equal(decodeText(Buffer.from('Forêt', 'latin1')), 'Forêt')
    assert.equal(decodeText(Buffer.from('\ufeffForêt', 'utf16le')), 'Forêt')
    assert.equal(decodeText(Buffer.from('\ufeffForêt', 'utf16le').swap16()), 'Forêt')
    assert.ok(!decodeText(Buffer.from([0x80, 0x9d, 0xff])).includes('\ufffd'))
  })

  test('the delimiter is the one that makes most columns', () => {
    assert.equal(delimiterOf('path;class;species\n'), ';')
    assert.equal(delimiterOf('path\tclass\tspecies, and more\n'), '\t')
    assert.equal(delimiterOf('path\n'), ',')
  })

  test('names are tidied alike, and what no database keeps is refused', () => {
    assert.equal(tidyText(' Fore\u0302t\u00a0 \u200bNord\u3000'), 'Forêt Nord')
    assert.equal(textSchema.parse('Fore\u0302t'), 'Forêt')
    for (const bad of ['a\0b', 'a\ud800b']) assert.ok(!textSchema.safeParse(bad).success)
  })
})

describe('folders that systems and cameras make', () => {
  const facts = (root: string, ...folders: string[]) => factsOfFolders(root, folders, 'guess', () => false)

  test('a card’s folders are never a place; what the import is called stands for them', () => {
    for (const card of [['DCIM', '100EK113'], ['100EK113'], ['101RECNX'], ['DCIM', '100_0001'], ['RECONYX100']])
      assert.equal(facts('Oak Ridge', ...card).deployment, 'Oak Ridge', card.join('/'))
    assert.equal(facts('cards', 'Pine Creek', 'DCIM', '100MEDIA').deployment, 'Pine Creek')
    assert.equal(facts('DCIM', '100EK113').deployment, undefined)
  })

  test('what systems keep for themselves is left out, at any depth', () => {
    for (const folder of [
      '@eaDir',
      '.thumbnails',
      '.Trash-1000',
      '$RECYCLE.BIN',
      '#recycle',
      '__MACOSX',
      'System Volume Information',
      '#snapshot',
      '@SynoResource',
      '~snapshot',
      'LOST.DIR',
      'found.000',
      '$WINDOWS.~BT',
      'Fotos.photoslibrary',
    ])
      assert.deepEqual(facts('SiteA', 'a', folder, 'b'), { leftOut: true }, folder)
    assert.equal(facts('SiteA', 'recycling point').leftOut, undefined)
  })
})
