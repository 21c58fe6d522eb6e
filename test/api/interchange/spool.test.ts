// What lies on the disk while files of other programs are planned: order, keys, and that nothing is left behind.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { filesInMemory } from '../../../api/interchange/exchange/file-sets.ts'
import { planPhotos } from '../../../api/interchange/exchange/plan-photos.ts'
import { recognise } from '../../../api/interchange/exchange/recognise.ts'
import { openGathering } from '../../../api/interchange/exchange/spool/gathering.ts'
import { openSpool, partOf } from '../../../api/interchange/exchange/spool/spool.ts'

const scratch = mkdtempSync(join(tmpdir(), 'clavis-spool-test-'))
after(() => rmSync(scratch, { recursive: true }))

test('texts come back in their order, those of one key together, from memory and from the disk', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((one) => one.repeat(9000)),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), text), { maxLength: 60 }), (put) => {
      const spool = openSpool(scratch)
      try {
        for (const [key, one] of put) spool.put(partOf(key), one)
        const kept = put.map(([, one]) => one.replace(/\p{Surrogate}/gu, '\uFFFD'))
        assert.deepEqual(
          [...spool],
          kept.map((one, order) => ({ order, text: one })),
        )
        const batches = [...spool.batches()].map(({ entries }) => [...entries].map(({ order }) => order))
        assert.deepEqual(
          batches.flat().sort((x, y) => x - y),
          put.map((_, i) => i),
        )
        for (const key of ['a', 'b', 'c', 'd']) {
          const orders = put.flatMap(([one], i) => (one === key ? [i] : []))
          assert.ok(orders.length === 0 || batches.some((batch) => orders.every((order) => batch.includes(order))))
        }
      } finally {
        spool.close()
      }
    }),
    { seed: 15, numRuns: 25 },
  )
  assert.deepEqual(readdirSync(scratch), [], 'its file has no name, so that a killed process leaves none')
})

test('rows of one key are gathered, however many there are', () => {
  const rows = openGathering<number>(scratch)
  for (let i = 0; i < 100_000; i++) rows.add(`key ${i % 10_000}`, i)
  let keys = 0
  for (const { key, rows: own } of rows.groups()) {
    keys++
    const first = Number(key.slice(4))
    assert.deepEqual(
      own,
      Array.from({ length: 10 }, (_, i) => first + i * 10_000),
    )
  }
  assert.equal(keys, 10_000)
  rows.close()
})

test('a plan that is killed leaves no file', async () => {
  const module = new URL('../../../api/interchange/exchange/spool/disk-list.ts', import.meta.url).pathname
  const source = `import { openDiskList } from '${module}'
    const list = openDiskList(process.argv[1])
    for (let i = 0; i < 200000; i++) list.push({ path: 'site/IMG_' + i + '.JPG' })
    process.stdout.write('planning')
    setInterval(() => list.push(0), 10)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source, scratch])
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.deepEqual(readdirSync(scratch), [])
})

test('a plan of more photos than are kept in memory has them in the order of the folder', async () => {
  const pathOf = (i: number) => `site${String(i % 7)}/IMG_${String(i).padStart(5, '0')}.JPG`
  const count = 40_000
  // Every third photo is not in the folder; the file has them backwards, in capitals, and below another folder.
  const images = Array.from({ length: count }, (_, i) => ({
    file: `C:\\traps\\${pathOf(count - 1 - i).toLowerCase()}`,
    detections: [{ category: '1', conf: 0.9, bbox: [0.1, 0.1, 0.3, 0.3] }],
  }))
  const there = Array.from({ length: count }, (_, i) => pathOf(i)).filter((_, i) => i % 3 !== 0)
  const files = filesInMemory({
    'md.json': JSON.stringify({ detection_categories: { 1: 'animal' }, info: { detector: 'md_v5a' }, images }),
  })
  const found = await planPhotos(files, await recognise(files), there, { boxes: true, scratch })
  assert.deepEqual(
    [...found.photos].map(({ path }) => path),
    there,
  )
  assert.ok([...found.photos].every(({ facts }) => facts?.findings?.found.length === 1))
  assert.equal(found.here, there.length)
  const missing = images.filter((_, i) => (count - 1 - i) % 3 === 0).map(({ file }) => file.replaceAll('\\', '/'))
  assert.deepEqual(
    [...found.missing].map(({ path }) => path),
    missing,
  )
  found.close()
  assert.deepEqual(readdirSync(scratch), [])
})
