// The commands as people run them: processes of their own, killed, interrupted, side by side on one data folder.

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import type { Import } from '../../api/contract/exchange/import.ts'
import { COLOURS, drawAnimal } from '../support/photos.ts'
import { type Environment, newFolder, newInstallation, removeAll, run, serve, until } from '../support/processes.ts'

const COUNT = 80
const BENCH = fileURLToPath(new URL('../bench/main.ts', import.meta.url))
let folder = ''
let library = ''

before(async () => {
  folder = await newFolder()
  library = join(folder, 'library')
  for (const [name, colour] of [
    ['Danaus_plexippus', COLOURS.red],
    ['Aglais_io', COLOURS.blue],
  ] as const) {
    await mkdir(join(library, 'cam01', name), { recursive: true })
    for (let seed = 0; seed < COUNT / 2; seed++)
      await writeFile(join(library, 'cam01', name, `${seed}.jpg`), await drawAnimal(colour, { seed }))
  }
  await writeFile(join(library, 'cam01', 'broken.jpg'), 'this is no photo')
})
after(removeAll)

type Summary = { media: { queued: number; indexed: number; failed: number }; detections: { identified: number } }

test('import without a server, again, and into a table', async () => {
  const env = await newInstallation({ neverStarted: true })
  const first = run(['import', library], env)
  assert.equal(await first.ended, 1, 'one photo could not be read')
  assert.match(first.said(), /cam01\/broken\.jpg: Expected a photo/)
  assert.match(first.said(), /80 photos are in, 1 could not be read/)
  assert.match(first.said(), /2 taxa wait for a place in the taxonomy: Aglais, Danaus\./)

  const again = run(['import', library, '--name', 'again'], env)
  assert.equal(await again.ended, 1)
  assert.match(again.said(), /80 photos are in, 80 of them were known before, 1 could not be read/)

  const table = join(folder, 'export.csv')
  assert.equal(await run(['export', '--out', table], env).ended, 0)
  const rows = parse(await readFile(table), { columns: true }) as Record<string, string>[]
  assert.equal(rows.length, COUNT)
  assert.equal(
    rows.filter((row) => row.species === 'Danaus plexippus' && row.person === 'import:library').length,
    COUNT / 2,
  )
  for (const row of rows.slice(0, 5)) assert.ok((await readFile(join(folder, row.path!))).length > 0)
})

test('import killed in the middle: nothing acknowledged is lost, a restart finishes the rest', async () => {
  const env = await newInstallation()
  const server = await serve(env)
  const importing = run(['import', library], env)
  await until('some photos indexed', async () => (await server.read<Summary>(200, '/api/summary')).media.indexed > 5)
  const before = await server.read<Summary>(200, '/api/summary')
  server.child.kill('SIGKILL')
  importing.child.kill('SIGKILL')
  await Promise.all([server.ended, importing.ended])

  const restarted = await serve(env)
  const after = await restarted.read<Summary>(200, '/api/summary')
  const total = ({ media }: Summary) => media.queued + media.indexed + media.failed
  assert.ok(after.media.indexed >= before.media.indexed)
  assert.ok(total(after) >= total(before))
  await until('the rest', async () => (await restarted.read<Summary>(200, '/api/summary')).media.queued === 0)
  const rest = run(['import', library], env)
  assert.equal(await rest.ended, 1)
  const done = await restarted.read<Summary>(200, '/api/summary')
  assert.deepEqual([done.media, done.detections.identified], [{ queued: 0, indexed: COUNT, failed: 0 }, COUNT])
  const incoming = await readdir(join(env.DATA_DIR!, 'photos', 'incoming'))
  assert.ok(incoming.length <= 2, 'half-written files are swept later')
  assert.equal(await restarted.stop(), 0)
})

test('beside a running server: the import goes there, a second server is refused, export and models answer', async () => {
  const env = { ...(await newInstallation()), API_TOKEN: 'a token of the test' }
  const server = await serve(env)
  assert.equal((await fetch(`${server.url}/api/summary`)).status, 401)
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200)

  const second = run(['serve'], env)
  assert.equal(await second.ended, 2)
  assert.match(
    second.said(),
    /The data folder .* is in use by process \d+, which serves http:\/\/localhost:\d+: stop that process first/,
  )

  const importing = run(['import', library, '--name', 'beside'], env)
  assert.equal(await importing.ended, 1)
  assert.match(importing.said(), /81 photos to the server at http:\/\/localhost/)
  const { items } = await server.read<{ items: Import[] }>(200, '/api/imports')
  assert.deepEqual([items[0]!.name, items[0]!.status, items[0]!.indexed], ['beside', 'done', COUNT])

  const table = run(['export'], env)
  assert.equal(await table.ended, 0)
  assert.equal(parse(table.said(), { columns: true }).length, COUNT)
  const models = run(['models', 'list'], env)
  assert.equal(await models.ended, 0)
  assert.match(models.said(), /● test-detector {2}detector/)
  assert.equal(await server.stop(), 0)
})

test('Ctrl-C ends an import in order; the next one does the rest', async () => {
  const env = await newInstallation()
  const server = await serve(env)
  const importing = run(['import', library], env)
  await until('some photos', async () => (await server.read<Summary>(200, '/api/summary')).media.indexed > 0, [
    server,
    importing,
  ])
  importing.child.kill('SIGINT')
  const code = await importing.ended
  assert.ok(code === 130 || code === 1, `${code}`)
  if (code === 130) assert.match(importing.said(), /Interrupted: .* Run the same command again for the rest\./)
  assert.equal(await run(['import', library], env).ended, 1)
  assert.equal((await server.read<Summary>(200, '/api/summary')).media.indexed, COUNT)
  assert.equal(await server.stop(), 0)
})

test('a server stops in order with an event stream open, and starts again on its data', async () => {
  const env = await newInstallation()
  const server = await serve(env)
  const stream = await fetch(`${server.url}/api/events`)
  const reader = stream.body!.getReader()
  await reader.read()
  assert.equal(await server.stop(), 0)
  const again = await serve(env)
  assert.equal(await again.stop(), 0)
})

test('what is typed wrongly is answered with a sentence and code 2', async () => {
  const env = await newInstallation()
  const cases: [string[], RegExp, Environment?, main?: string][] = [
    [[], /Expected one of serve, import, .* but received nothing\./],
    [['fly'], /but received fly\./],
    [['import'], /Expected one path but received 0\./],
    [['import', 'x', '--sideways'], /--sideways/],
    [['import', join(folder, 'nowhere')], /there is nothing at/],
    [['nothing'], /Expected one of import,.* suggest.* but received nothing\./, {}, BENCH],
    [['work'], /Expected QUEUE_URL/],
    [['models', 'use', 'nothing'], /There is no model named nothing\. Known: /],
    [['serve'], /There is no model named other\. Known: /, { DETECTOR: 'other' }],
  ]
  await Promise.all(
    cases.map(async ([args, sentence, more, main]) => {
      const own = { ...env, DATA_DIR: await mkdtemp(join(folder, 'wrong-')), ...more }
      const command = run(args, own, main)
      assert.equal(await command.ended, 2, args.join(' '))
      assert.match(command.said(), sentence)
      assert.ok(!/\n\s+at /.test(command.said()), `no stack: ${command.said()}`)
    }),
  )
})

test('every command explains itself', async () => {
  const commands = ['serve', 'import', 'export', 'models', 'work', 'doctor', 'backup', 'restore', 'transfer']
  await Promise.all(
    [...commands.map((name) => run([name, '--help'], {})), run(['--help'], {}, BENCH)].map(async (command) => {
      assert.equal(await command.ended, 0)
      assert.match(command.said(), /npm (run|start)/)
    }),
  )
})
