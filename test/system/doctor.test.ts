// What the doctor says about sound installations and about faulty ones. Every fault is real.

import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { backupCommand } from '../../api/commands/backup/backup.ts'
import { doctorCommand, examine } from '../../api/commands/doctor.ts'
import { checkDataFolder, checkNode, type Finding } from '../../api/commands/doctor-checks.ts'
import { examineDeeply } from '../../api/commands/doctor-deep.ts'
import { explain } from '../../api/commands/explain.ts'
import { type Config, readConfig } from '../../api/config.ts'
import { openDatabase } from '../../db/connection/connect.ts'
import { sha256Of } from '../../indexer/analyse.ts'
import { cropName, photoName } from '../../indexer/photos/file-names.ts'
import { openPhotos } from '../../indexer/photos/open-photos.ts'
import { makeTestDatabaseUrl, needsPostgres } from '../support/database.ts'
import { TEST_DETECTOR, TEST_EMBEDDER, writeTestModels } from '../support/test-models.ts'

const folder = await mkdtemp(join(tmpdir(), 'clavis-doctor-'))
after(() => rm(folder, { recursive: true, force: true }))

async function installation(changes: Partial<Config> = {}): Promise<Config> {
  const dataDir = await mkdtemp(join(folder, 'data-'))
  await writeTestModels(join(dataDir, 'models'))
  return {
    ...readConfig({ DATA_DIR: dataDir, THREADS: '1', PORT: '0', DETECTOR: TEST_DETECTOR, EMBEDDER: TEST_EMBEDDER }),
    ...changes,
  }
}

async function findings(config: Config): Promise<Record<Finding['part'], Finding>> {
  const all: Finding[] = []
  for await (const finding of examine(config)) all.push(finding)
  // One of each part, which the first test counts.
  return Object.fromEntries(all.map((one) => [one.part, one])) as Record<Finding['part'], Finding>
}

test('a new installation is well, and stays untouched', async () => {
  const config = await installation()
  const before = await readdir(config.dataDir)
  const found = await findings(config)
  const parts = ['node', 'dataFolder', 'disk', 'photos', 'database', 'queue', 'models', 'device', 'port']
  assert.deepEqual(Object.keys(found), parts)
  for (const { status, found: what, fix } of Object.values(found)) assert.deepEqual([status, fix], ['ok', null], what)
  assert.match(found.database.found, /the first start makes it/)
  assert.match(found.models.found, /test-detector and test-embedder: .* ran once/)
  assert.deepEqual(await readdir(config.dataDir), before)
})

test('an embedded database is looked at, and was not opened by somebody else meanwhile', async () => {
  const config = await installation()
  const database = await openDatabase(config.databaseUrl)
  await database.close()
  assert.match((await findings(config)).database.found, /^embedded, pgvector 0\.8\.\d+, up to date$/)

  const holder = fork(
    fileURLToPath(new URL('../support/faults/hold-folder.ts', import.meta.url)),
    [config.dataDir, 'http://localhost:1'],
    { execArgv: ['--import', import.meta.resolve('tsx')] },
  )
  await once(holder, 'message')
  const { database: held } = await findings(config)
  assert.equal(held.status, 'fail', 'nothing answers at the address that it announced')
  assert.match(held.found, new RegExp(`in use by process ${holder.pid}, which does not say that it is ready`))
  holder.send('go')
  await once(holder, 'exit')
})

test('a database from a newer version is refused, one without tables is well', { skip: needsPostgres }, async () => {
  const { url, remove } = await makeTestDatabaseUrl()
  try {
    const config = await installation({ databaseUrl: url })
    assert.match((await findings(config)).database.found, /^PostgreSQL 1\d.*, pgvector 0\.8\.\d+, up to date$/)
    const { pool, close } = await openDatabase(url)
    await pool.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 9999999999999)")
    const { database } = await findings(config)
    assert.deepEqual(
      [database.status, database.fix],
      ['fail', 'Start the version that made it, or restore a backup made by this one.'],
    )
    await pool.query('drop schema drizzle cascade')
    assert.match((await findings(config)).database.found, /empty: the first start makes the tables/)
    await close()
  } finally {
    await remove()
  }
})

test('servers that are not there are said with what to do', async () => {
  const config = await installation({ databaseUrl: 'postgres://a@127.0.0.1:1/clavis', queueUrl: 'redis://127.0.0.1:1' })
  const { database, queue } = await findings(config)
  assert.deepEqual([database.status, queue.status], ['fail', 'fail'])
  assert.match(database.found, /Cannot use the database clavis on 127\.0\.0\.1:1: .*ECONNREFUSED/)
  assert.match(database.fix ?? '', /DATABASE_URL/)
  assert.match(queue.found, /Cannot use the queue server at 127\.0\.0\.1:1: .*ECONNREFUSED/)
  assert.match(queue.fix ?? '', /QUEUE_URL/)
})

const queueUrl = process.env.TEST_QUEUE_URL ?? ''
test('a queue server is well', { skip: queueUrl === '' && 'needs Redis: set TEST_QUEUE_URL=redis://…' }, async () => {
  const { queue } = await findings(await installation({ queueUrl }))
  assert.equal(queue.status, 'ok')
  assert.match(queue.found, /^Redis \d+\.\d+\.\d+, maxmemory-policy noeviction$/)
})

test('--deep reads every row and every file, and says what to restore', async () => {
  const config = await installation()
  const { pool, close } = await openDatabase(config.databaseUrl)
  const photos = await openPhotos(config)
  const shas: string[] = []
  for (const text of ['one', 'two', 'three']) {
    const bytes = Buffer.from(`photo ${text}`)
    const sha256 = sha256Of(bytes)
    shas.push(sha256)
    await photos.put(sha256, bytes)
    await pool.query(
      `with m as (insert into media (sha256, filename, mime_type, bytes) values ($1, 'a.jpg', 'image/jpeg', 9) returning id)
       insert into detection (media_id, kind, source, x, y, width, height, group_key)
         select id, 'animal', 'wholePhoto', 0, 0, 1, 1, 'm:' || id from m`,
      [sha256],
    )
    await photos.putCrop(shas.length, bytes)
  }
  // So many that the table has several pages.
  await pool.query(
    "insert into setting (key, value) select 'k' || g, to_jsonb(repeat('x', 500)) from generate_series(1, 100) g",
  )
  const { rows } = await pool.query<{ file: string }>("select pg_relation_filepath('setting') as file")
  await close()
  const deep = async () => {
    const all: Finding[] = []
    for await (const finding of examineDeeply(config)) all.push(finding)
    return all.map(({ part, status, found, fix }) => `${part} ${status} ${found} ${fix}`).join('\n')
  }
  assert.match(
    await deep(),
    /tables ok \d+ rows in \d+ tables.*\nphotoFiles ok 3 photos, .*\ncrops ok 3 crops, .*\nweights ok of \d+ models/,
  )

  const at = (name: string) => join(config.dataDir, name)
  await writeFile(at(photoName(shas[0]!)), 'other one')
  await rm(at(photoName(shas[1]!)))
  await writeFile(at(cropName(2)), 'no picture')
  await appendFile(at(`models/${TEST_EMBEDDER}/model.onnx`), 'x')
  const table = await open(at(`database/${rows[0]!.file}`), 'r+')
  await table.write(Buffer.alloc(8192, 0xa5), 0, 8192, 8192)
  await table.close()
  const told = await deep()
  assert.match(told, /tables fail cannot be read: setting: .*invalid page in block 1.*Restore the last backup/)
  assert.match(told, /photoFiles fail 3 photos, each read: 1 overwritten, 1 missing: /)
  assert.ok(told.includes(photoName(shas[0]!)) && told.includes(photoName(shas[1]!)))
  assert.match(told, /crops warn 2 crops, .*1 crops and scaled photos overwritten: crops\/0\/2\.jpg/)
  assert.match(told, /weights fail test-embedder: expected sha256/)

  // No stack, whatever command meets such a page.
  const target = join(folder, 'backup.tar')
  await assert.rejects(backupCommand([target], config), (error) => {
    const text = explain(error)
    assert.match(text, /^The database is damaged: .*invalid page.*restore a backup/)
    return true
  })
  for (const path of ['/dev/null/clavis', '/sys/clavis'])
    await assert.rejects(
      backupCommand([target], { ...config, dataDir: path, databaseUrl: config.databaseUrl }),
      (error) => {
        assert.doesNotMatch(explain(error), /\n {4}at /)
        return true
      },
    )
  const readOnly = Object.assign(new Error("EROFS: read-only file system, mkdir '/x'"), {
    code: 'EROFS',
    syscall: 'mkdir',
  })
  assert.match(explain(readOnly), /^The data folder is on a disk that is read-only\. \(EROFS: .*'\/x'\)$/)
  assert.doesNotMatch(explain(new TypeError('x is not a function')), /\n {4}at /)
})

test('weights that changed, and models that are not there, are found', async () => {
  const config = await installation()
  await appendFile(join(config.dataDir, 'models', TEST_EMBEDDER, 'model.onnx'), 'x')
  const { models } = await findings(config)
  assert.equal(models.status, 'fail')
  assert.match(models.found, /weights of test-embedder are not those of its manifest/)
  const missing = await findings({ ...config, detector: 'nothing' })
  assert.match(missing.models.found, /no model named nothing/)
})

test('the exit code says whether something must be mended', async (t) => {
  const printed: string[] = []
  t.mock.method(console, 'log', (text: string) => printed.push(text))
  const config = await installation()
  assert.equal(await doctorCommand([], config), 0)
  assert.equal(printed.length, 9)
  assert.match(printed.join('\n'), /✓ Node\.js .*\n✓ Data folder/)
  printed.length = 0
  assert.equal(await doctorCommand(['--json'], { ...config, detector: 'nothing' }), 1)
  const told: Finding[] = JSON.parse(printed.join('\n'))
  assert.deepEqual(
    told.filter(({ status }) => status === 'fail').map(({ part }) => part),
    ['models'],
  )
})

test('a GPU that does not load is the device’s fault', async () => {
  const { device, models } = await findings(await installation({ device: 'cuda', deviceId: 200 }))
  assert.deepEqual([device.status, models.status], ['fail', 'warn'])
  assert.equal(device.found, 'cuda, number 200')
  assert.match(device.fix ?? '', /DEVICE is cuda, but .*`npm run cuda`|DEVICE_ID is 200, but CUDA knows no such device/)
})

test('a port that is taken, a folder that is a file, and an old Node.js are found', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  assert.ok(typeof address === 'object' && address !== null)
  const { port } = await findings(await installation({ port: address.port }))
  assert.equal(port.status, 'fail')
  assert.match(port.found, /EADDRINUSE/)
  taken.close()

  const file = join(folder, 'file')
  await writeFile(file, '')
  assert.equal((await checkDataFolder(file)).status, 'fail')
  await mkdir(join(folder, 'above'))
  const below = await checkDataFolder(join(folder, 'above', 'not', 'yet'))
  assert.equal(below.status, 'ok')
  assert.match(below.found, /not there yet/)
  assert.deepEqual(
    [checkNode('20.9.0').status, checkNode('22.1.0').status, checkNode('20.8.1').status, checkNode('18.19.0').status],
    ['ok', 'ok', 'fail', 'fail'],
  )
})
