// Zips as strangers pack them, folders of their systems, boxes of their programs, and text that no row can hold.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js'
import { isWholeText } from '../../../api/contract/exchange/text.ts'
import { refuseBrokenField } from '../../../api/http/bodies/broken-text.ts'
import { clipBox, clipPixels } from '../../../api/interchange/exchange/boxes.ts'
import { openZip } from '../../../api/interchange/exchange/file-sets.ts'
import { faultOfZipName, namesOfZip } from '../../../api/interchange/zip-names.ts'
import { isSystemName } from '../../../api/photos/labels/made-by-machines.ts'
import { unpackFile } from '../../../api/photos/zip.ts'
import { openLaidFiles } from '../../support/laid-files.ts'
import { makeZip } from '../../support/zip.ts'

describe('names in zips', () => {
  const named = (fileNameRaw: Buffer, extra: Buffer | null = null) => ({
    fileNameRaw,
    generalPurposeBitFlag: 0,
    extraFields: extra === null ? [] : [{ id: 0x7075, data: extra }],
  })
  const read = (...names: Buffer[]) => namesOfZip(names.map((name) => named(name)))

  test('the names themselves tell which code page they are in', () => {
    const wanted: [text: string, hex: string][] = [
      ['Forêt/IMG_1.JPG', '466f7288742f494d475f312e4a5047'],
      ['São Tomé/Ñandú.jpg', '53c66f20546f6d822fa5616e64a32e6a7067'],
      ['Forêt protégée/Zürich.jpg', '466f72ea742070726f74e967e9652f5afc726963682e6a7067'],
      ['北の森/カメラ1.jpg', '966b82cc90582f834a83818389312e6a7067'],
      ['北山林场/红外相机一号/图片.jpg', 'b1b1c9bdc1d6b3a12fbaeccde2cfe0bbfad2bbbac52fcdbcc6ac2e6a7067'],
      ['Liška obecná/Šumava.jpg', '4c69e76b61206f6265636ea02fe6756d6176612e6a7067'],
      ['Liška obecná/Šumava.jpg', '4c699a6b61206f6265636ee12f8a756d6176612e6a7067'],
      ['Żbik/Łąka.jpg', 'af62696b2fa3b96b612e6a7067'],
      ['Żółw.jpg', 'bda2887' + '72e6a7067'],
      ['Sibirien/Räv.jpg', '5369626972696 56e2f52e4762e6a7067'.replace(' ', '')],
      ['Paraná.jpg', '506172616ee12e6a7067'],
      ['Großer Wald.jpg', '47726fe165722057616c642e6a7067'],
      ['Сибирь/Лиса.jpg', '91a8a1a8e0ec2f8ba8e1a02e6a7067'],
      ['Тайга/Рысь.jpg', 'd2e0e9e3e02fd0fbf1fc2e6a7067'],
      ['지리산/사진.jpg', 'c1f6b8aebbea2fbbe7c1f82e6a7067'],
      ['Fore\u0302t/IMG_1.JPG'.normalize('NFC'), Buffer.from('Fore\u0302t/IMG_1.JPG').toString('hex')],
    ]
    for (const [text, hex] of wanted) assert.deepEqual(read(Buffer.from(hex, 'hex')), [text])
    const unicode = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), Buffer.from('Forêt/1.jpg')])
    assert.deepEqual(namesOfZip([named(Buffer.from('For?t/1.jpg'), unicode)]), ['Forêt/1.jpg'])
    assert.deepEqual(read(Buffer.from('Site A\\100\\1.jpg'), Buffer.from('./2.jpg')), ['Site A/100/1.jpg', '2.jpg'])
  })

  test('a path of another computer, or out of the zip, is none', () => {
    for (const name of ['/etc/passwd', 'C:/photos/1.jpg', '../1.jpg', 'a/../../1.jpg', '\u200b'])
      assert.notEqual(faultOfZipName(name), null, name)
    for (const name of ['a/1.jpg', '..a/1.jpg', 'a../1.jpg', '🦊.jpg', 'CON'])
      assert.equal(faultOfZipName(name), null, name)
  })
})

test('folders and files of systems are nobody’s photos', () => {
  const ofSystems =
    '.DS_Store|._IMG_1.JPG|.AppleDouble|.Spotlight-V100|.fseventsd|.Trashes|Icon\r|__macosx|$Recycle.Bin|RECYCLER|SYSTEM VOLUME INFORMATION|Thumbs.db:encryptable|FOUND.001|$WinREAgent|.Trash-0|lost+found|.thumbnails|.trashed-1699999999-IMG_1.jpg|.nomedia|@EADIR|#Recycle|#snapshot|IMG_1.JPG@SynoEAStream|.@__thumb|@__thumb|@Recently-Snapshot|.zfs|.dropbox.cache|.tmp.drivedownload|.stversions|Catalog Previews.lrdata|Photos Library.photoslibrary|Lightroom Library.lrlibrary|Session.cocatalog|DfsrPrivate|~$photos.jpg|Backups.backupdb|desktop.ini|TheVolumeSettingsFolder|@S2S|@appconf|@cloudsync|@GMT-2024.01.01-00.00.00|_gsdata_|_vti_cnf|RecycleBin|$AVG|Recycle Bin|recycle bin|Thumbnails|Trash|Papierkorb|Corbeille|Papelera|Cestino|Koš|Recycle.Bin|Trash (2)|Papierkorb - Kopie|System Volume Information (1)'
  for (const name of ofSystems.split('|')) assert.ok(isSystemName(name), name)
  const ofPeople =
    'Trash site|Recovery plot|Android|Originals|Camera Uploads|100EK113|Thumb Butte|System 3|@home|#1|$5 trap|lost|macosx|IMG_1.JPG|Found Lake|Dropbox|snapshot'
  for (const name of ofPeople.split('|')) assert.ok(!isSystemName(name), name)
})

test('boxes are cut at all four edges, whichever corner they begin at', () => {
  const near = (box: readonly number[] | null) => box?.map((side) => Number(side.toFixed(6)))
  const wanted: [box: (number | null)[], cut: number[] | undefined][] = [
    [
      [-0.001, 0.1, 0.3, 0.3],
      [0, 0.1, 0.299, 0.3],
    ],
    [
      [0.1, -0.001, 0.3, 0.3],
      [0.1, 0, 0.3, 0.299],
    ],
    [
      [0.8, 0.1, 0.2001, 0.3],
      [0.8, 0.1, 0.2, 0.3],
    ],
    [
      [0.1, 0.8, 0.3, 0.2001],
      [0.1, 0.8, 0.3, 0.2],
    ],
    [
      [-0.1, -0.1, 1.2, 1.2],
      [0, 0, 1, 1],
    ],
    [
      [0.4, 0.4, -0.3, -0.3],
      [0.1, 0.1, 0.3, 0.3],
    ],
    [
      [1.001, 0.5, -0.2, 0.1],
      [0.801, 0.5, 0.199, 0.1],
    ],
    [[0.1, 0.1, 0, 0.3], undefined],
    [[0.1, 0.1, 0.3, 1e-9], undefined],
    [[1, 0.1, 0.3, 0.3], undefined],
    [[1.2, 0.1, 0.3, 0.3], undefined],
    [[Number.NaN, 0.1, 0.3, 0.3], undefined],
    [[0.1, 0.1, Number.POSITIVE_INFINITY, 0.3], undefined],
    [[0.1, null, 0.3, 0.3], undefined],
    [[0.1, 0.1, 0.3], undefined],
  ]
  for (const [box, cut] of wanted) assert.deepEqual(near(clipBox(box)), cut, String(box))
  assert.deepEqual(
    near(clipPixels([390.5, -0.5, 10, 100], { width: 400, height: 300 })),
    [0.97625, 0, 0.02375, 0.331667],
  )
  assert.equal(clipPixels([1, 1, 10, 10], { width: 0, height: 300 }), null)
})

test('NUL and half characters are refused by one rule, as they are and in JSON', () => {
  for (const text of ['a\0b', '\0', 'a\ud800b', '\udc00', '"a\\u0000b"', '{"a\\ud800":1}', '["\\udfff"]'])
    assert.throws(() => refuseBrokenField(text), { name: 'Problem' }, JSON.stringify(text))
  for (const text of ['', 'Forêt', '🦊', '"\\ud83e\\udd8a"', '{"a":"\\\\u0000"}'])
    assert.doesNotThrow(() => refuseBrokenField(text), text)
  assert.ok(isWholeText('🦊') && !isWholeText('🦊'.slice(0, 1)))
})

describe('zips of strangers', async () => {
  const { lay } = await openLaidFiles()
  const JPEG = Buffer.from('not quite a photo')
  const read = async (bytes: Uint8Array) => {
    const file = join(await lay({ 'strange.zip': Buffer.from(bytes) }), 'strange.zip')
    const planned = await openZip(file)
    const inPlan: string[] = []
    for (const path of planned.paths) for await (const _ of planned.open(path)) inPlan.push(path)
    planned.close()
    const received: string[] = []
    await unpackFile(file, false, { maxFileBytes: 1000 }, async ({ path, problem }) => {
      received.push(`${path}${problem === null ? '' : `: ${problem}`}`)
    })
    return { inPlan, leftOut: planned.leftOut.map(({ what, why }) => `${what}: ${why}`), received }
  }
  const zipOf = async (options: object, prefix = new Uint8Array()) => {
    const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, ...options })
    for (const name of ['Site/a.jpg', 'Site/b.jpg']) await writer.add(name, new Uint8ArrayReader(JPEG))
    return Buffer.concat([prefix, await writer.close(new Uint8Array(70).fill(0x20))])
  }

  test('with 64-bit sizes, sizes after the data, and a comment are read', async () => {
    for (const options of [{ zip64: true }, { dataDescriptor: true, dataDescriptorSignature: true }, { level: 0 }])
      assert.deepEqual((await read(await zipOf(options))).inPlan, ['Site/a.jpg', 'Site/b.jpg'], JSON.stringify(options))
  })

  test('of which one file cannot be unpacked lose that file, with the reason', async () => {
    const files = ['a.jpg', 'b.jpg', 'b.jpg', 'c\\d.jpg'].map((name) => ({ name, bytes: JPEG }))
    const zip = makeZip(files)
    const first = zip.indexOf('PK\x01\x02')
    const changed = (change: (zip: Buffer) => void) => {
      const copy = Buffer.from(zip)
      change(copy)
      return read(copy)
    }
    const twice = 'b.jpg: The zip holds two files of this name: the first is read.'
    const whole = await changed(() => {})
    assert.deepEqual(whole, {
      inPlan: ['a.jpg', 'b.jpg', 'c/d.jpg'],
      leftOut: [twice],
      received: ['a.jpg', 'b.jpg', 'b.jpg', 'c/d.jpg'],
    })
    const lost: [change: (zip: Buffer) => void, why: RegExp][] = [
      [(copy) => copy.writeUInt16LE(12, first + 10), /a\.jpg: It is packed by bzip2, which is not read here/],
      [(copy) => copy.writeUInt16LE(1 | copy.readUInt16LE(first + 8), first + 8), /a\.jpg: It is encrypted in its zip/],
      [
        (copy) => {
          copy.writeUInt16LE(0x0314, first + 4)
          copy.writeUInt32LE((0o120777 << 16) >>> 0, first + 38)
        },
        /a\.jpg: It is a link/,
      ],
    ]
    for (const [change, why] of lost) {
      const { inPlan, leftOut, received } = await changed(change)
      assert.deepEqual(inPlan, ['b.jpg', 'c/d.jpg'])
      assert.match(leftOut.join('\n'), why)
      assert.match(received[0] ?? '', why)
      assert.deepEqual(received.slice(1), ['b.jpg', 'b.jpg', 'c/d.jpg'])
    }
  })

  test('that are cut, in parts or something else are refused in a sentence', async () => {
    const zip = makeZip([{ name: 'a.jpg', bytes: JPEG }])
    const part = Buffer.from(zip)
    part.writeUInt16LE(1, part.lastIndexOf('PK\x05\x06') + 4)
    const wanted: [bytes: Uint8Array, why: RegExp][] = [
      [part, /one part of a zip of several parts/],
      [zip.subarray(0, zip.length - 30), /not fully copied/],
      [Buffer.alloc(0), /not fully copied/],
      [Buffer.concat([Buffer.from('MZ'), Buffer.alloc(500, 7), zip]), /stands before or after the zip/],
      [Buffer.concat([zip, Buffer.alloc(300)]), /stands before or after the zip/],
    ]
    for (const [bytes, why] of wanted) await assert.rejects(read(bytes), why)
    assert.deepEqual(await read(makeZip([])), { inPlan: [], leftOut: [], received: [] })
  })
})
