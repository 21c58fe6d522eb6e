// A zip as a folder: which files are listed and unpacked, and the error for a damaged one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js'
import { namesOfZip } from '../../api/interchange/zip-names.ts'
import { isSystemName } from '../../api/photos/labels/made-by-machines.ts'
import { type AskSystems, withoutSystems, withZips } from '../../web/upload/collect.ts'
import { ofFile } from '../../web/upload/found.ts'
import { makeZip } from '../support/zip.ts'

async function zipOf(files: Record<string, string>, password?: string): Promise<Blob> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false, password })
  for (const [name, text] of Object.entries(files)) await writer.add(name, new TextReader(text))
  return await writer.close()
}
const nobody = () => assert.fail('No name was to be asked about')
/** As the service answers. */
const ofSystems: AskSystems = async (names) => new Set(names.filter(isSystemName))
const dropped = (zip: Blob, name = 'trip.zip') => [ofFile(new File([zip], name), name)]

test('a zip is the folder of its name; hidden files and ways out of it are left behind', async () => {
  const zip = await zipOf({
    'Danaus_plexippus/1.jpg': 'one',
    'camera 2\\2.jpg': 'two',
    '../3.jpg': 'three',
    '__MACOSX/Danaus_plexippus/._1.jpg': 'resource fork',
    '.DS_Store': 'hidden',
  })
  const all = await withZips([...dropped(zip), ofFile(new File(['x'], 'plain.jpg'), 'plain.jpg')], nobody)
  const { kept: found, leftOut } = await withoutSystems(all, ofSystems)
  const why = 'It is hidden, or in a folder that a system keeps for itself.'
  assert.deepEqual(leftOut, [
    { what: 'trip/__MACOSX/Danaus_plexippus/._1.jpg', why },
    { what: 'trip/.DS_Store', why },
  ])
  assert.deepEqual(
    found.map(({ path }) => path),
    ['trip/Danaus_plexippus/1.jpg', 'trip/camera 2/2.jpg', 'trip/3.jpg', 'plain.jpg'],
  )
  assert.deepEqual(
    found.map(({ file }) => [file.name, file.size]),
    [
      ['1.jpg', 3],
      ['2.jpg', 3],
      ['3.jpg', 5],
      ['plain.jpg', 1],
    ],
  )
  assert.equal(await (await found[1]!.open()).text(), 'two')
  const alone = await withoutSystems([ofFile(new File(['x'], '1.jpg'), 'Trash/a/1.jpg')], ofSystems)
  assert.equal(alone.kept.length, 1, 'a folder that is dropped by itself is meant')
})

test('what is no zip, or not whole, is said to be so', async () => {
  const zip = await zipOf({ 'a.jpg': 'some bytes' })
  await assert.rejects(withZips(dropped(new Blob(['not a zip at all'])), nobody), /trip\.zip cannot be read as a zip/)
  await assert.rejects(withZips(dropped(zip.slice(0, zip.size - 30)), nobody), /trip\.zip cannot be read as a zip/)
})

test('a photo that is damaged in the zip, or locked, fails alone when it is opened', async () => {
  const bytes = new Uint8Array(await (await zipOf({ 'a.jpg': 'some bytes', 'b.jpg': 'whole' })).arrayBuffer())
  // The first file's data follows its 30 bytes of header, its name and what else the header says about it.
  const header = new DataView(bytes.buffer)
  const data = 30 + header.getUint16(26, true) + header.getUint16(28, true)
  for (let i = data; i < data + 4; i++) bytes[i] = (bytes[i] ?? 0) ^ 0xff
  const [damaged, whole] = await withZips(dropped(new Blob([bytes])), nobody)
  await assert.rejects(damaged!.open(), /damaged in the zip/)
  assert.equal(await (await whole!.open()).text(), 'whole')
  const [locked] = await withZips(dropped(await zipOf({ 'a.jpg': 'secret' }, 'key')), nobody)
  await assert.rejects(locked!.open(), /protected by a password/)
})

test('names without the flag for UTF-8 are read as UTF-8, or by the service, which knows code pages', async () => {
  const bytes = Buffer.from('x')
  const zip = makeZip([
    { name: '', rawName: Buffer.from('Fore\u0302t/a.jpg'), bytes },
    { name: '', rawName: Buffer.from([...Buffer.from('For'), 0x88, ...Buffer.from('t/b.jpg')]), bytes },
    { name: 'Wald/c.jpg', bytes },
  ])
  const asked = (names: string[]) =>
    Promise.resolve(namesOfZip(names.map((name) => ({ fileNameRaw: Buffer.from(name, 'base64'), extraFields: [] }))))
  const found = await withZips(dropped(new Blob([new Uint8Array(zip)])), asked)
  assert.deepEqual(
    found.map(({ path }) => path.normalize('NFC')),
    ['trip/Forêt/a.jpg', 'trip/Forêt/b.jpg', 'trip/Wald/c.jpg'],
  )
})
