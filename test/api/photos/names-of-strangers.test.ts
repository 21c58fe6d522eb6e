// Names as strangers' folders, tables, checklists and files have them: what each says for certain, and nothing else.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { nameOfRank, pathOf } from '../../../api/interchange/listed-names.ts'
import {
  looksScientific,
  namesIn,
  namesNoTaxon,
  readHigherName,
  stepsOfName,
} from '../../../api/interchange/scientific-name.ts'
import { readTaxonomyFile } from '../../../api/interchange/taxonomy-files.ts'
import { readTypedName } from '../../../api/interchange/typed-names.ts'
import { factsOfFolders, folderWords } from '../../../api/photos/labels/folder-labels.ts'
import { stepsOfColumns, stepsOfFolders, unreadColumns } from '../../../api/photos/labels/label-taxon.ts'
import type { Rank } from '../../../db/schema.ts'

const last = (text: string, genus = '') => stepsOfName(text, genus).at(-1)?.name ?? null
/** Each text of a list, one a line. */
const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

describe('open nomenclature', () => {
  test('a doubt teaches the genus', () => {
    for (const text of lines(`
      Anas sp. (duck)
      Anas sp. 1
      Anas sp.1
      Anas sp1
      Anas sp. A
      Anas sp. nov.
      Anas nr. acuta
      Anas (cf.) acuta
      Anas acuta?
      Anas ?acuta
      ?Anas acuta
      Anas? acuta
      Anas acuta (?)
      Anas acuta cf.
      Anas acuta agg.
      Anas acuta-group
      Anas acuta or crecca
      Anas acuta / crecca
      Anas acuta vs. crecca
      Anas acuta x crecca
      Anas acuta X crecca
      Anas ×hybrida
      Anas acuta × Anas crecca
      Anas acuta × A. crecca
      Anas acuta hybrid
      Anas probably acuta
      Anas sp. cf. acuta
      Anas gr. acuta
      Anas (acuta)
      Genus: Anas
      ANAS SP.
      anas spp.
      Anas Linnaeus 1758
      Anas\u00a0sp.
      Anas_sp
      Anas acuta aut crecca
      Anas acuta vel crecca
      Anas acuta & crecca
      Anas acuta y crecca
      Anas acuta o crecca
      Anas acuta-like
      Anas prope acuta
      Anas unbestimmt
      Anas no identificado
      Anas indeterminado
      Anas not identified
      possible Anas acuta
      Probable Anas acuta
    `))
      assert.deepEqual(stepsOfName(text), [{ rank: 'genus', name: 'Anas' }], text)
  })

  test('a doubt above the genus teaches that rank, never a genus of that name', () => {
    const wanted: [string, string, string][] = [
      ['Muridae sp.', 'family', 'Muridae'],
      ['Felidae indet', 'family', 'Felidae'],
      ['Felidae gen. sp.', 'family', 'Felidae'],
      ['Felidae gen. et sp. indet.', 'family', 'Felidae'],
      ['felidae', 'family', 'Felidae'],
      ['FELIDAE SPP', 'family', 'Felidae'],
      ['Canidae Fischer, 1817', 'family', 'Canidae'],
      ['Fam. Muridae', 'family', 'Muridae'],
      ['family: muridae', 'family', 'Muridae'],
      ['Anatidae hybrid', 'family', 'Anatidae'],
      ['cf. Muridae', 'family', 'Muridae'],
      ['Chiroptera indet.', 'order', 'Chiroptera'],
      ['Carnivora sp.', 'order', 'Carnivora'],
      ['Passeriformes sp', 'order', 'Passeriformes'],
      ['Order Rodentia', 'order', 'Rodentia'],
      ['Aves spp.', 'class', 'Aves'],
      ['Mammalia?', 'class', 'Mammalia'],
    ]
    for (const [text, rank, name] of wanted) {
      assert.deepEqual(stepsOfName(text), [{ rank, name }], text)
      assert.deepEqual(stepsOfColumns({ species: text }), [{ rank, name }], text)
    }
    assert.deepEqual(stepsOfColumns({ genus: 'Muridae' }), [{ rank: 'family', name: 'Muridae' }])
    assert.deepEqual(stepsOfName('Rhinoptera bonasus').at(-1), { rank: 'species', name: 'Rhinoptera bonasus' })
    for (const subfamily of ['Murinae sp.', 'Murinae', 'Canini indet.', 'Muroidea']) assert.equal(last(subfamily), null)
  })

  test('several names teach none of them where they share no genus', () => {
    for (const text of [
      'Canis lupus × Vulpes vulpes',
      'Canis lupus/Vulpes vulpes',
      'Canis/Vulpes',
      'Canis lupus; Vulpes vulpes',
      'Canis lupus & Vulpes vulpes',
      'Canis lupus, Vulpes vulpes',
    ])
      assert.deepEqual(stepsOfName(text), [], text)
    assert.equal(readHigherName('Muridae/Cricetidae'), '')
    assert.deepEqual(namesIn('Canis lupus; Vulpes vulpes'), ['Canis lupus', 'Vulpes vulpes'])
    assert.deepEqual(namesIn('Canis lupus | Felidae sp. + Sus scrofa'), ['Canis lupus', 'Felidae sp.', 'Sus scrofa'])
    for (const one of ['Canis lupus', 'Aus bus Smith & Jones, 1900', 'Canis lupus; seen twice', 'Canis lupus, male'])
      assert.deepEqual(namesIn(one), [one], one)
  })

  test('states are no taxa, in whatever words', () => {
    for (const text of lines(`
      gen. sp.
      Gen. et sp. indet.
      Indet.
      sp.
      spp
      cf.
      ?
      ???
      Unknown sp.
      unidentified_bird
      Undetermined
      not sure
      No ID
      ×
      #N/A
      unbekannt
      inconnu
      desconocido
    `)) {
      assert.ok(namesNoTaxon(text), text)
      assert.deepEqual(stepsOfColumns({ species: text }), [], text)
    }
    for (const text of ['Unknownia', 'Genetta', 'Nova nova', 'Indri indri']) assert.ok(!namesNoTaxon(text), text)
  })
})

describe('authors, marks and capitals', () => {
  test('what is no part of the name goes', () => {
    for (const text of lines(`
      Ursus Arctos
      URSUS ARCTOS
      ursus arctos
      uRSUS aRCTOS
      URSUS arctos
      Ursus arctos Linnaeus, 1758
      Ursus arctos (Linnaeus, 1758)
      Ursus arctos [Linnaeus 1758]
      Ursus Arctos Linnaeus, 1758
      URSUS ARCTOS LINNAEUS, 1758
      URSUS ARCTOS (LINNAEUS, 1758)
      ursus arctos linnaeus, 1758
      Ursus arctos L.
      Ursus arctos É. Geoffroy, 1803
      Ursus arctos Smith & Jones, 1900
      Ursus arctos Smith et al., 1900
      Ursus arctos van der Blah, 1900
      Ursus arctos d’Orbigny
      Ursus arctos nec L.
      Ursus arctos sensu Smith, 1900
      Ursus arctos ♀
      Ursus arctos male
      Ursus arctos juv.
      Ursus arctos, adult female
      Ursus arctos (2)
      Ursus arctos 2
      Ursus arctos "Bruno"
      Ursus arctos ssp.
      Ursus arctos ssp
      Ursus arctos cf. isabellinus
      Ursus (Ursus) arctos
      †Ursus arctos
      Ursus-arctos
      Ursus.arctos
      Ursus_arctos
      Species: Ursus arctos
      Ｕｒｓｕｓ ａｒｃｔｏｓ
      Ursus\u00a0arctos
      Ursus\u2009\u2003arctos
      Ursus\tarctos
      \ufeffUrsus arc\u00adtos\u200b
      \u202aUrsus arctos\u202c
      Ursus\u0085arctos
      Ursus\u3164arctos
      Ursus\u2800arctos
      Ursus arctos;
      Ursus arctos.
      <i>Ursus arctos</i>
      <em>Ursus</em> <em>arctos</em> Linnaeus, 1758
      Ursus&nbsp;arctos
      ursus arctos linnaeus
    `))
      assert.equal(last(text), 'Ursus arctos', text)
    for (const text of [
      'Canis lupus subsp. familiaris',
      'Canis lupus ssp familiaris',
      'Canis lupus var. familiaris',
      'Canis lupus f. familiaris',
      'Canis lupus Linnaeus, 1758 subsp. familiaris',
      'CANIS LUPUS FAMILIARIS',
      'Canis Lupus Familiaris',
      'Canis lupus familiaris (L., 1758)',
    ])
      assert.equal(last(text), 'Canis lupus familiaris', text)
    assert.equal(last('C. lupus', 'Canis'), 'Canis lupus')
    assert.equal(last('C. lupus'), null)
    assert.equal(last('Polygonia c album'), 'Polygonia c-album')
    assert.equal(last('Polygonia c‑album'), 'Polygonia c-album')
    assert.equal(last('Coccinella 7-punctata'), 'Coccinella septempunctata')
    assert.equal(last('Larus cæsius'), 'Larus caesius')
    assert.equal(last('Pan ﬁdelis'), 'Pan fidelis')
  })

  test('a column that names nothing is told, and no taxon has its words', () => {
    for (const text of ['U. arctos', '12 a', 'Canis/Vulpes', 'not Canis lupus']) {
      assert.deepEqual(
        stepsOfColumns({ class: 'Mammalia', species: text }),
        [{ rank: 'class', name: 'Mammalia' }],
        text,
      )
      assert.deepEqual(unreadColumns({ class: 'Mammalia', species: text }), [text])
    }
    assert.deepEqual(unreadColumns({ class: 'Mammalia', species: 'Canis sp.', genus: 'Canis' }), [])
    assert.deepEqual(unreadColumns({ class: 'Mammalia', genus: 'Canis', species: '12 3' }), ['12 3'])
    assert.deepEqual(stepsOfColumns({ genus: 'unknown', species: 'lupus' }), [])
    assert.deepEqual(unreadColumns({ genus: 'unknown', species: 'lupus' }), ['lupus'])
    assert.deepEqual(stepsOfColumns({ species: '赤狐' }), [{ rank: 'species', name: '赤狐' }])
  })

  test('labels of other programs are scientific names only where they are written as one', () => {
    for (const text of [
      'Ursus arctos',
      'Muridae sp.',
      'Anas sp. (duck)',
      'Canis latrans/lupus',
      'Chiroptera',
      'Canis ?',
    ])
      assert.ok(looksScientific(text), text)
    for (const text of ['Leopard Cat', 'red fox', 'deer', 'Fox', 'Unknown bird', 'PBE', 'bird sp.'])
      assert.ok(!looksScientific(text), text)
  })
})

describe('folders of strangers', () => {
  const deepest = (folder: string) => stepsOfFolders([], folderWords(folder)).at(-1)
  const labels = (...folders: string[]) => factsOfFolders('root', folders, 'guess', () => false).folders ?? null

  test('scientific names of every form are labels', () => {
    const wanted: [string, string][] = [
      ['Canis sp.', 'Canis'],
      ['canis_lupus', 'Canis lupus'],
      ['VULPES VULPES', 'Vulpes vulpes'],
      ['Ursus Arctos', 'Ursus arctos'],
      ['Muridae sp', 'Muridae'],
      ['Felidae indet', 'Felidae'],
      ['Anas sp. (duck)', 'Anas'],
      ['Canis cf. latrans', 'Canis'],
      ['Canis lupus × latrans', 'Canis'],
      ['Canis latrans?', 'Canis'],
      ['Lepus europaeus-timidus', 'Lepus'],
      ['Vanessa atalanta', 'Vanessa atalanta'],
      ['Aglais io', 'Aglais io'],
      ['Canis lupus (Linnaeus, 1758)', 'Canis lupus'],
      ['Canis lupus ssp. familiaris', 'Canis lupus familiaris'],
      ['Chiroptera indet.', 'Chiroptera'],
      ['Aves', 'Aves'],
    ]
    for (const [folder, name] of wanted) {
      assert.deepEqual(labels('cam01', folder), [folder], folder)
      assert.equal(deepest(folder)?.name, name, folder)
    }
  })

  test('names of places are none', () => {
    const places =
      'Minas gerais|Campus martius|Oak Ridge|OAK RIDGE|Corpus Christi|Los Cedros|Las Minas|Walla Walla|Martini|Santa Monica|Plot 1 sp.|Agua fria|Nova scotia|Alpha bravo|Sierra nevada|Costa rica|Mesa verde|Alta gracia|Terra incognita|Porto novo|Vila velha|Monte rosso|Lima norte|Oak ridge (2023)|unknown|Danaus plexippus/unsure'
    for (const place of places.split('|')) assert.equal(labels(...place.split('/')), null, place)
    assert.deepEqual(labels('cam01', 'Felidae', 'unknown'), ['Felidae', 'unknown'])
  })
})

describe('lists of strangers', () => {
  test('a checklist in any encoding makes taxa of certain names only', async () => {
    const rows = [
      'sep=;',
      'Class;Genus;Species;Common name;Status',
      'Mammalia;;CANIS LUPUS Linnaeus, 1758;wolf;LC',
      'mammalia;canis;latrans;coyote;LC',
      'Mammalia;Canis;Canis sp.;;',
      'Mammalia;;Canis lupus × latrans;;',
      'Mammalia;;Muridae sp.;;',
      'Mammalia;unknown;;;',
      'Mammalia;;"Vulpes vulpes;red fox;LC',
      'Aves;Lagopus;Lagopus muta (Montin, 1781);lagopède alpin;',
    ]
    for (const bytes of [
      Buffer.from(rows.join('\r\n'), 'latin1'),
      Buffer.from(`\ufeff${rows.join('\n')}`, 'utf16le'),
    ]) {
      const { listed, problems } = await readTaxonomyFile(bytes, 'list.csv', 'list')
      assert.deepEqual(listed.map(({ rank, name }) => `${rank} ${name}`).sort(), [
        'class Aves',
        'class Mammalia',
        'family Muridae',
        'genus Canis',
        'genus Lagopus',
        'genus Vulpes',
        'species Canis latrans',
        'species Canis lupus',
        'species Lagopus muta',
        'species Vulpes vulpes',
      ])
      assert.deepEqual(listed.find(({ name }) => name === 'Lagopus muta')?.names[0]?.name, 'lagopède alpin')
      assert.match(problems.join(' '), /Line 4: Canis sp\. is no certain name\. Line 5: Canis lupus × latrans/)
    }
  })

  test('names of usages lose their authors, and what is in doubt is none', () => {
    assert.equal(nameOfRank('Canis lupus Linnaeus, 1758', 'species'), 'Canis lupus')
    assert.equal(nameOfRank('Canidae Fischer, 1817', 'family'), 'Canidae')
    assert.equal(nameOfRank('Rhinoptera Cuvier, 1829', 'genus'), 'Rhinoptera')
    for (const text of ['Canis sp.', 'Canis cf. lupus', 'Canis lupus × latrans', 'Canis', 'Canis lupus familiaris'])
      assert.equal(nameOfRank(text, 'species'), null, text)
    const columns: Record<string, string> = { genus: 'CANIS', species: 'lupus', subspecies: 'familiaris' }
    assert.equal(pathOf((rank) => columns[rank] ?? '').at(-1)?.name, 'Canis lupus familiaris')
    const names = (row: Record<string, string>) => pathOf((rank) => row[rank] ?? '').map(({ name }) => name)
    assert.deepEqual(names({ class: 'Classis1', genus: 'Genus360', species: 'species4320' }), [
      'Classis1',
      'Genus360',
      'Genus360 species4320',
    ])
    assert.deepEqual(names({ genus: 'Genus0', species: 'Genus0 pink' }), ['Genus0', 'Genus0 pink'])
    assert.deepEqual(names({ genus: 'Genus0', species: 'pink' }), ['Genus0', 'Genus0 pink'])
    assert.deepEqual(names({ species: 'Canis lupus 1758' }), ['Canis', 'Canis lupus'])
    assert.deepEqual(names({ genus: 'Setophaga', species: 'Setophaga sp. 3' }), ['Setophaga', 'Setophaga sp. 3'])
    assert.deepEqual(names({ genus: 'Canis', species: 'Canis sp.' }), ['Canis'])
    assert.equal(nameOfRank('Setophaga sp. 3', 'species'), 'Setophaga sp. 3')
  })
})

describe('names that people type', () => {
  const typed = (text: string, rank: Rank, parent: { name: string; rank: Rank } | null = null) => {
    const read = readTypedName(text, rank, parent)
    return 'fault' in read ? read.fault : read.name
  }
  test('lose their authors, get their case and one blank, and complete an epithet', () => {
    for (const text of [
      'Canis lupus Linnaeus, 1758',
      'CANIS LUPUS',
      'canis\u00a0 lupus',
      'Ｃanis ｌupus',
      'Canis\u200b lupus',
      'Canis (Canis) lupus',
    ])
      assert.equal(typed(text, 'species'), 'Canis lupus', text)
    assert.equal(typed('lupus', 'species', { name: 'Canis', rank: 'genus' }), 'Canis lupus')
    assert.equal(typed('Canis lupus ssp. familiaris', 'subspecies'), 'Canis lupus familiaris')
    assert.equal(typed('FELIDAE', 'family'), 'Felidae')
    assert.equal(typed('Felidae Fischer, 1817', 'family'), 'Felidae')
    assert.equal(typed('Canis sp.', 'genus'), 'Canis')
  })
  test('that are in doubt or crossed are refused in a sentence that says what is certain', () => {
    for (const text of [
      'Canis sp.',
      'canis spp',
      'Canis cf. lupus',
      'Canis ?',
      'Canis lupus × latrans',
      'Canis lupus/aureus',
    ])
      assert.match(typed(text, 'species'), /no more for certain than the genus Canis\. .*“Canis sp\. 1”/, text)
    assert.match(typed('Muridae sp.', 'species'), /the family Muridae/)
    assert.match(typed('unknown', 'species'), /names no taxon/)
    assert.match(typed('Canis lupus familiaris', 'species'), /names the subspecies/)
  })
  test('that are working names, or of no language of science, stay', () => {
    for (const text of ['Setophaga sp. 3', 'Unknown sp. 1', 'Species 3', 'Canis n. sp. 2', '狼', 'Red fox'])
      assert.equal(typed(text, 'species'), text)
    for (const text of ['Genus360', 'Alpha']) assert.equal(typed(text, 'genus'), text)
    assert.equal(typed('Old World monkeys', 'family'), 'Old World monkeys')
  })
})
