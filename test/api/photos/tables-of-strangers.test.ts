// Tables, folders and paths as strangers have them: every encoding and delimiter, one bad row that costs one row,
// links, and names that no other system would allow.

import assert from 'node:assert/strict'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import type { PlanOptions } from '../../../api/commands/import/planned.ts'
import { EXPORT_COLUMNS } from '../../../api/interchange/columns.ts'
import { filesInMemory } from '../../../api/interchange/exchange/file-sets.ts'
import { columnsOf, tableRows } from '../../../api/interchange/exchange/table-rows.ts'
import { decodeText } from '../../../api/interchange/plain-text.ts'
import { mendTable } from '../../../api/interchange/table-text.ts'
import { readOwnTables } from '../../../api/photos/exchange/own-tables.ts'
import { factsOfFolders } from '../../../api/photos/labels/folder-labels.ts'
import { planListed as planImport } from '../../support/importing.ts'
import { openLaidFiles } from '../../support/laid-files.ts'

const { lay } = await openLaidFiles()
const options: PlanOptions = {
  labelling: 'guess',
  ignoreBoxes: false,
  splits: [],
  factsOfFolders: async ({ root, folders, labelling }) =>
    folders.map((parts) => factsOfFolders(root, parts, labelling, () => false)),
}

describe('tables of strangers', () => {
  const HEADER = 'path,class,species\n'
  const utf16 = (text: string, isBig = false) =>
    isBig ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text, 'utf16le')
  const rows: Record<string, [bytes: Uint8Array, cells: string[][]]> = {
    'Windows-1252': [Buffer.from('path;class;species\r\nforêt;x;y\r\n', 'latin1'), [['forêt', 'x', 'y']]],
    'quotes, dashes and the euro in Windows-1252': [
      Buffer.from('path;class;species\r\nbois d\x92Amont;\x93\xe9t\xe9\x94;\x80 \x96 y\r\n', 'latin1'),
      [['bois d’Amont', '“été”', '€ – y']],
    ],
    'the end of a file of DOS': [Buffer.from(`${HEADER}a,x,y\r\n\x1a`), [['a', 'x', 'y']]],
    'a cell longer than any row, with and without quotes': [
      Buffer.from(`${HEADER}a,x,"${'y'.repeat(1_100_000)}"\nb,x,${'y'.repeat(1_100_000)}\nc,x,y\n`),
      [
        ['a', 'x', 'y'.repeat(19_999)],
        ['b', 'x', 'y'.repeat(20_000)],
        ['c', 'x', 'y'],
      ],
    ],
    'one line in Windows-1252': [
      Buffer.concat([Buffer.from(`${HEADER}forêt,x,y\n`), Buffer.from('é,x,y\n', 'latin1'), Buffer.from('è,x,y\n')]),
      [
        ['forêt', 'x', 'y'],
        ['é', 'x', 'y'],
        ['è', 'x', 'y'],
      ],
    ],
    'UTF-16 LE': [utf16('path;class;species\r\nforêt;x;y\r\n'), [['forêt', 'x', 'y']]],
    'UTF-16 LE with a mark': [utf16('\ufeffpath\tclass\tspecies\r\nforêt\tx\ty\r\n'), [['forêt', 'x', 'y']]],
    'UTF-16 BE': [utf16('path|class|species\nforêt|x|y\n', true), [['forêt', 'x', 'y']]],
    'UTF-16 BE with a mark': [utf16('\ufeffpath,class,species\nforêt,x,y', true), [['forêt', 'x', 'y']]],
    'the line of Excel': [Buffer.from('\ufeffsep=;\r\npath;class;species\r\na;x,1;y\r\n'), [['a', 'x,1', 'y']]],
    'the line of Excel with a tab': [Buffer.from('"sep=\t"\r\npath\tclass\tspecies\r\na\tx\ty'), [['a', 'x', 'y']]],
    'comments and a title above': [
      Buffer.from('# Ana, 2024; all sites\r\nTraps of the north;;\r\n\r\npath;class;species\r\na;x;y\r\n'),
      [['a', 'x', 'y']],
    ],
    'an old Mac': [
      Buffer.concat([Buffer.from('path,class,species\rfor'), Buffer.from([0x90]), Buffer.from('t,x,y\rb,x,y\r')]),
      [
        ['forêt', 'x', 'y'],
        ['b', 'x', 'y'],
      ],
    ],
    'ends of lines of every kind': [
      Buffer.from('path,class,species\r\na,x,y\nb,x,y\r\nc,x,y\r\r\nd,x,y'),
      ['a', 'b', 'c', 'd'].map((name) => [name, 'x', 'y']),
    ],
    'cells of several lines': [
      Buffer.from(`${HEADER}a,"x\ny, z","q ""r"""\nb,x,y\n`),
      [
        ['a', 'x\ny, z', 'q "r"'],
        ['b', 'x', 'y'],
      ],
    ],
    'quotes inside': [
      Buffer.from(`${HEADER}a,x,5" tail\nb,"5" tail",y\nc, "x y" , "z"\n`),
      [
        ['a', 'x', '5" tail'],
        ['b', '"5" tail"', 'y'],
        ['c', 'x y', 'z'],
      ],
    ],
    'a quote that is never closed': [
      Buffer.from(`${HEADER}a,"x,y\nb,x,y\n"c,x,y\nd,"x",y\ne,x,"y\n`),
      ['a', 'b', 'c', 'd', 'e'].map((name) => [name, 'x', 'y']),
    ],
    'a quote that is never closed in the header': [Buffer.from('path,"class,species\na,x,y\n'), [['a', 'x', 'y']]],
    'NUL, and empty lines': [Buffer.from(`${HEADER}\n\na,x\0,y\n\n`), [['a', 'x', 'y']]],
    'too many columns and too few': [
      Buffer.from(`${HEADER}a,x,y,z\nb,x\nc,x,y,,\n`),
      [
        ['a', 'x', 'y'],
        ['b', 'x'],
        ['c', 'x', 'y'],
      ],
    ],
  }
  for (const [name, [bytes, cells]] of Object.entries(rows))
    test(`${name}: the rows are those that a person sees`, async () => {
      const table = mendTable(decodeText(bytes))
      const read = parse(table.text, { ...table.options, columns: true }) as Record<string, string>[]
      assert.deepEqual(read.map(Object.values), cells)
      const streamed: unknown[] = []
      for await (const row of tableRows(inParts(bytes))) streamed.push(Object.values(row))
      assert.deepEqual(streamed, cells)
      assert.deepEqual(
        columnsOf(decodeText(bytes)).map((column) => column.replaceAll('"', '')),
        ['path', 'class', 'species'],
      )
    })

  async function* inParts(bytes: Uint8Array) {
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7)
  }

  test('columns by other names, several names in one cell, and what is left out', async () => {
    const root = await lay({
      'SiteA/IMG_1.JPG': '',
      'SiteA/img 2.jpg': '',
      'SiteB/IMG_1.JPG': '',
      'l.csv': [
        'Path;CLASS;Scientific name;Boxes;Deployment',
        'C:\\Users\\ann\\photos\\SiteA\\IMG_1.JPG;Mammalia;Canis lupus; Vulpes vulpes;x;A',
        '\\\\nas\\share\\SiteB\\IMG_1.JPG;Mammalia;Canis lupus + Vulpes vulpes;;B',
        'sitea\\IMG 2.JPG;Mammalia;Canis sp.;;A;more',
        'file:///C:/photos/SiteA/img%202.jpg;;;;',
        'D:\\IMG_1.JPG;;;;',
        'SiteC/IMG_1.JPG;;;;',
      ].join('\r\n'),
    })
    const plan = await planImport(join(root, 'l.csv'), options)
    assert.deepEqual(
      plan.photos.map(({ file }) => file.slice(root.length + 1)),
      ['SiteA/IMG_1.JPG', 'SiteB/IMG_1.JPG', 'SiteA/img 2.jpg'],
    )
    assert.deepEqual(plan.missing, ['D:\\IMG_1.JPG', 'SiteC/IMG_1.JPG'])
    assert.deepEqual(
      plan.photos[1]?.facts.findings?.found.map(({ statements }) => statements[0]?.taxon.label),
      ['Canis lupus', 'Vulpes vulpes'],
    )
    assert.deepEqual(
      plan.leftOut?.map(({ what }) => what),
      ['l.csv, line 2', 'l.csv, line 4'],
    )
  })
})

test('what rows of one photo say, and a photo cannot keep, is told', async () => {
  const root = await lay({
    'a.jpg': '',
    'b.jpg': '',
    'table.csv': [
      'path,species,deployment,notes,count',
      'a.jpg,Danaus plexippus,A,seen twice,2',
      'a.jpg,Danaus plexippus,B,torn wing,1',
      'b.jpg,Danaus plexippus,A,same,1',
      'b.jpg,Aglais io,A,same,1',
    ].join('\n'),
  })
  const plan = await planImport(join(root, 'table.csv'), options)
  assert.deepEqual(
    plan.photos.map(({ facts }) => [facts.deployment, facts.notes]),
    [
      ['A', 'seen twice\ntorn wing'],
      ['A', 'same'],
    ],
  )
  assert.deepEqual(
    plan.leftOut?.map(({ what, why }) => `${what}: ${why}`),
    [
      'a.jpg: Its rows name several deployments: A is kept, and B is left out.',
      'a.jpg: Several of its rows tell counts and the like of animals without boxes: those of the first are kept.',
    ],
  )
})

describe('folders of strangers', () => {
  test('names that no other system allows, links and loops', async () => {
    const odd = [
      'a\nb',
      'x"\'y',
      'dots...',
      'CON',
      'aux.jpg',
      '🦊',
      ' blank ',
      'é'.normalize('NFD'),
      '%2e%2e',
      '-rf',
      'N'.repeat(250),
    ]
    const root = await lay(Object.fromEntries(odd.map((name) => [`${name}/${name.slice(0, 200)}.jpg`, ''])))
    const elsewhere = await lay({ 'Lynx lynx/1.jpg': '', '2.jpg': '' })
    await symlink(elsewhere, join(root, 'linked'))
    await symlink(join(elsewhere, '2.jpg'), join(root, 'linked.jpg'))
    await symlink(root, join(root, 'loop'))
    await symlink(join(root, 'gone'), join(root, 'gone.jpg'))
    const deep = Array.from({ length: 120 }, () => 'd').join('/')
    await mkdir(join(root, deep), { recursive: true })
    await writeFile(join(root, deep, 'x.jpg'), '')
    await mkdir(Buffer.concat([Buffer.from(`${root}/for`), Buffer.from([0xea]), Buffer.from('t')]))
    await writeFile(Buffer.concat([Buffer.from(`${root}/for`), Buffer.from([0xea]), Buffer.from('t/1.jpg')]), '')
    const plan = await planImport(root, options)
    assert.deepEqual(
      plan.photos.map(({ facts }) => facts.path).sort(),
      [
        ...odd.map((name) => `${name}/${name.slice(0, 200)}.jpg`),
        'forêt/1.jpg',
        'linked.jpg',
        'linked/2.jpg',
        'linked/Lynx lynx/1.jpg',
      ].sort(),
    )
    assert.ok(plan.photos.find(({ facts }) => facts.path === 'forêt/1.jpg')?.at instanceof Buffer)
    await writeFile(join(root, 'table.csv'), 'path,species\nforêt/1.jpg,Lynx lynx\n')
    const table = await planImport(join(root, 'table.csv'), options)
    assert.deepEqual([table.missing, table.photos[0]?.at instanceof Buffer], [[], true])
    assert.deepEqual(
      plan.leftOut?.map(({ what, why }) => `${what.slice(-8)}: ${why}`).sort(),
      [
        'd/x.jpg: It lies more than 100 folders deep.'.replace('d/x.jpg', '/d/x.jpg').slice(-51),
        'gone.jpg: It is a link that leads nowhere (ENOENT).',
        'loop: It is a link to a folder that is read already.',
      ]
        .map((line) => line)
        .sort(),
    )
    assert.equal(basename(root), plan.name)
  })
})

describe('headers of strangers', () => {
  const columns = [...EXPORT_COLUMNS]
  /** What the command and the page read of a table beside a.jpg; null or a sentence where it is no table. */
  const read = async (text: string) => {
    const file = join(await lay({ 'a.jpg': 'x', 'l.csv': text }), 'l.csv')
    const command = await planImport(file, options).then(
      ({ photos }) => photos.map(({ facts: { path: _, ...facts } }) => facts),
      (error: Error) => `${error.name}: ${error.message}`,
    )
    const templates = { items: [], fields: columns }
    const choices = { labelling: 'guess' as const, ignoreBoxes: false, splits: [], templates }
    const dropped = await readOwnTables(filesInMemory({ 'l.csv': text }), ['a.jpg'], choices)
    const page = [...dropped.photos.values()].map(({ path: _, ...facts }) => facts)
    return { command, page: dropped.files.length === 0 ? null : page, leftOut: dropped.leftOut.map(({ why }) => why) }
  }
  test('are read with marks, quotes, blanks and capitals; of columns of one name the first counts', async () => {
    for (const header of [
      '\ufeffpath,species',
      '\ufeff"path","species"',
      ' path , species ',
      'PATH,Species',
      'Path\u00a0,\u200bSPECIES',
      'File name,Scientific name',
      'path,species,species',
      'path,species,,',
      '# from the laptop; Ana\npath,species',
      'Traps of 2024,\n\npath,species',
    ]) {
      const { command, page } = await read(`${header}\na.jpg,Canis lupus,Vulpes vulpes\n`)
      assert.deepEqual(command, [{ species: 'Canis lupus' }], header)
      assert.deepEqual(page, [{ species: 'Canis lupus' }], header)
    }
  })
  test('that are missing, alone or of nothing that is known are told in one sentence', async () => {
    const wanted: [text: string, command: RegExp, page: unknown[] | null][] = [
      ['', /^PlanError: .*it is empty/, null],
      ['a.jpg,Canis lupus\nb.jpg,x\n', /column path .* found a\.jpg, Canis lupus\. The first line names/, null],
      ['photo,species\na.jpg,Canis lupus\n', /column path .* found photo, species/, null],
      ['path,species\n', /rows below the header/, []],
    ]
    for (const [text, command, page] of wanted) {
      const said = await read(text)
      assert.match(String(said.command), command)
      assert.deepEqual(said.page, page)
      if (page !== null) assert.match(said.leftOut.join(), /no rows/)
    }
  })
})
