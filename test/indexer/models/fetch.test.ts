// Model files over HTTP, from a server that interrupts, sends wrong bytes, cannot resume, or changes the file.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { modelsCommand } from '../../../api/commands/models.ts'
import { readConfig } from '../../../api/config.ts'
import { type CatalogueEntry, fetchEntry, readCatalogue, sweepDownloads } from '../../../indexer/models/catalogue.ts'
import { fetchModelFile } from '../../../indexer/models/fetch.ts'
import { constantEmbedder } from '../../support/constant-models.ts'

const CONTENT = Buffer.from(Array.from({ length: 500_000 }, (_, i) => (i * 7 + (i >> 8)) % 256))
const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const SUM = sha256Of(CONTENT)

type Answer = (request: IncomingMessage, response: ServerResponse) => void
/** One per request; the last one answers all further requests. */
let answers: Answer[] = []
const paths: (string | undefined)[] = []
let asked: { range: string | undefined; ifRange: string | undefined }[] = []
const server = createServer((request, response) => {
  paths.push(request.url)
  asked.push({ range: request.headers.range, ifRange: request.headers['if-range'] as string | undefined })
  const answer = answers.length > 1 ? answers.shift() : answers[0]
  answer?.(request, response)
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
assert.ok(typeof address === 'object' && address !== null)
const url = `http://127.0.0.1:${address.port}/model.onnx`
const root = await mkdtemp(join(tmpdir(), 'clavis-fetch-'))
after(async () => {
  server.closeAllConnections()
  server.close()
  await rm(root, { recursive: true, force: true })
})

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'models-'))
  asked = []
})
const get = (changes = {}) => fetchModelFile({ url, sha256: SUM, folder, retryMs: 1, ...changes })

/** The whole file, or the requested rest. */
const whole =
  (content: Buffer = CONTENT, etag = '"one"'): Answer =>
  ({ headers }, response) => {
    const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0)
    const changed = headers['if-range'] !== undefined && headers['if-range'] !== etag
    response.setHeader('ETag', etag)
    if (from === 0 || changed) return void response.end(content)
    if (from >= content.length)
      return void response.writeHead(416, { 'Content-Range': `bytes */${content.length}` }).end()
    response
      .writeHead(206, {
        'Content-Range': `bytes ${from}-${content.length - 1}/${content.length}`,
        'Content-Length': content.length - from,
      })
      .end(content.subarray(from))
  }
/** So many bytes, then the connection ends. */
const breaking =
  (bytes: number, etag = '"one"'): Answer =>
  (_request, response) => {
    response.writeHead(200, { ETag: etag, 'Content-Length': CONTENT.length })
    response.write(CONTENT.subarray(0, bytes))
    // When some of it is on the disk, however busy the machine is.
    const stored = () =>
      stat(join(folder, `${SUM}.part`)).then(
        ({ size }) => size > 0,
        () => false,
      )
    const timer = setInterval(async () => {
      if (!(await stored())) return
      clearInterval(timer)
      response.destroy()
    }, 10)
  }

test('a whole file lies under its checksum, and is not fetched again', async () => {
  answers = [whole()]
  let last = 0
  const file = await get({ onProgress: (received: number) => (last = received) })
  assert.equal(file, join(folder, `${SUM}.onnx`))
  assert.deepEqual(await readFile(file), CONTENT)
  assert.equal(last, CONTENT.length)
  assert.deepEqual(await readdir(folder), [`${SUM}.onnx`])
  assert.equal(await get(), file)
  assert.equal(asked.length, 1)
})

test('a broken connection is made again and goes on where it was', async () => {
  answers = [breaking(100_000), whole()]
  assert.deepEqual(await readFile(await get()), CONTENT)
  assert.equal(asked.length, 2)
  assert.match(asked[1]!.range ?? '', /^bytes=[1-9]\d*-$/)
  assert.equal(asked[1]!.ifRange, '"one"')
})

test('a later call goes on where an earlier one was broken off', async () => {
  answers = [breaking(100_000)]
  await assert.rejects(get({ retries: 0 }), /could not be fetched: .*Run the same command again/)
  assert.deepEqual((await readdir(folder)).sort(), [`${SUM}.part`, `${SUM}.part.json`])
  answers = [whole()]
  assert.deepEqual(await readFile(await get()), CONTENT)
  assert.match(asked[1]!.range ?? '', /^bytes=[1-9]\d*-$/)
})

test('an interrupted call leaves what it has', async () => {
  const stopping = new AbortController()
  answers = [(_request, response) => void response.writeHead(200, { ETag: '"one"' }).write(CONTENT.subarray(0, 9))]
  const interrupted = get({ signal: stopping.signal, onProgress: () => stopping.abort() })
  await assert.rejects(interrupted, { name: 'AbortError' })
  answers = [whole()]
  assert.deepEqual(await readFile(await get()), CONTENT)
})

test('a server that knows no ranges, and a file that changed meanwhile, begin anew', async () => {
  answers = [breaking(100_000), (_request, response) => void response.end(CONTENT)]
  assert.deepEqual(await readFile(await get()), CONTENT)
  await rm(join(folder, `${SUM}.onnx`))
  answers = [breaking(100_000, '"zero"'), whole()]
  assert.deepEqual(await readFile(await get()), CONTENT)
})

test('a file that is all there but its name is only checked', async () => {
  await writeFile(join(folder, `${SUM}.part`), CONTENT)
  await writeFile(join(folder, `${SUM}.part.json`), JSON.stringify({ url, etag: null }))
  answers = [whole()]
  assert.deepEqual(await readFile(await get()), CONTENT)
  assert.equal(asked.length, 1)
})

test('other bytes are refused, and nothing of them stays', async () => {
  answers = [whole(Buffer.from('something else'))]
  await assert.rejects(get(), new RegExp(`is not the expected file: expected sha256 ${SUM} but received [0-9a-f]{64}`))
  assert.deepEqual(await readdir(folder), [])
})

test('what will not change is said at once, what may is tried again', async () => {
  answers = [(_request, response) => void response.writeHead(404).end()]
  await assert.rejects(get(), /answered 404 Not Found: check the address/)
  assert.equal(asked.length, 1)
  answers = [(_request, response) => void response.writeHead(503).end(), whole()]
  assert.deepEqual(await readFile(await get()), CONTENT)
  await assert.rejects(get({ sha256: 'abc' }), /Expected a sha256 of 64 hexadecimal digits but received abc/)
  await assert.rejects(get({ url: 'file:///etc/passwd' }), /begins with https:\/\/ or http:\/\/ but received file:/)
})

test('the command adds what it fetched, once it was tried', async (t) => {
  const model = constantEmbedder({ side: 32, features: [1, 2, 3] })
  answers = [whole(model)]
  const printed: string[] = []
  t.mock.method(console, 'log', (text: string) => printed.push(text))
  const config = readConfig({ DATA_DIR: folder, THREADS: '1' })
  const args = ['fetch', url, '--sha256', sha256Of(model), '--name', 'fetched', '--licence', 'MIT']
  assert.equal(await modelsCommand(args, config), 0)
  assert.match(printed.join('\n'), /Added the embedder fetched in /)
  const manifest = JSON.parse(await readFile(join(folder, 'models', 'fetched', 'manifest.json'), 'utf8'))
  assert.deepEqual([manifest.sha256, manifest.source, manifest.licence], [sha256Of(model), url, 'MIT'])
  assert.deepEqual(await readdir(join(folder, 'downloads')), [], 'the copy in the model folder is enough')
  await assert.rejects(modelsCommand(['fetch', 'nothing'], config), /There is no model named nothing in the catalogue/)
  await assert.rejects(modelsCommand(['fetch', url], config), /Expected --sha256/)
})

const ENTRY: CatalogueEntry = {
  ...{ name: 'offered', kind: 'embedder', title: 'A net.', hub: 'somebody/nets', sha256: SUM, bytes: CONTENT.length },
  ...{ licence: 'MIT', source: 'https://example.org', tried: false, corrections: {} },
}
const listing =
  (sha256: string): Answer =>
  (_request, response) =>
    void response.end(JSON.stringify([{ path: 'card.md' }, { path: 'onnx/a b.onnx', lfs: { oid: sha256 } }]))

test('a file on the hub is found by its sha256, and not taken where it changed', async () => {
  const hub = new URL(url).origin
  answers = [listing(SUM), whole()]
  assert.deepEqual(await readFile(await fetchEntry(ENTRY, { folder, hub })), CONTENT)
  assert.equal(paths.at(-1), '/somebody/nets/resolve/main/onnx/a%20b.onnx')
  answers = [listing('0'.repeat(64))]
  await assert.rejects(fetchEntry(ENTRY, { folder, hub }), /no longer offers a file with the sha256/)
})

test('a machine without a network is told so at once', async () => {
  const nowhere = 'http://hub.invalid'
  const { hub: _, ...entry } = ENTRY
  await assert.rejects(
    fetchEntry(ENTRY, { folder, hub: nowhere }),
    /cannot reach hub\.invalid \(E[A-Z_]+\)\. Connect it/,
  )
  const away = { ...entry, url: `${nowhere}/a.onnx` }
  await assert.rejects(fetchEntry(away, { folder }), /cannot reach hub\.invalid .*download the file on another machine/)
})

test('what a broken download left behind is swept after a while', async () => {
  await writeFile(join(folder, `${SUM}.part`), 'x')
  await sweepDownloads(folder)
  assert.equal((await readdir(folder)).length, 1)
  await sweepDownloads(folder, -1)
  assert.deepEqual(await readdir(folder), [])
  await sweepDownloads(join(folder, 'nowhere'))
})

test('no entry of the catalogue is without a checksum', async () => {
  const names = (await readCatalogue()).map(({ name }) => name)
  assert.deepEqual(names, ['bioclip-2', 'dinov2-small'])
  const file = join(folder, 'catalogue.json')
  await writeFile(file, JSON.stringify([{ name: 'a', url: 'https://example.org/a.onnx', licence: 'MIT', source: 'b' }]))
  await assert.rejects(readCatalogue(pathToFileURL(file)), /sha256/)
})
