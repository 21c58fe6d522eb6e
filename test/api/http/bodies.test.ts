// Connections that send slowly, nothing or too much, over real sockets: they keep nobody waiting and take no memory.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import { readMultipart } from '../../../api/http/bodies/multipart.ts'
import { receiveBodies } from '../../../api/http/bodies/receive-body.ts'
import { renderProblem } from '../../../api/http/render-problem.ts'
import { newRoutes } from '../../../api/http/router.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { form, openTestService, type TestService } from '../../support/service.ts'

let service: TestService
let port = 0
let stopServer = async () => {}
const sockets: Socket[] = []

async function listen(fetch: Parameters<typeof serve>[0]['fetch']) {
  const server = serve({ fetch, hostname: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  // A server that listens on a port has an address with one.
  return { port: (server.address() as AddressInfo).port, stop: () => void server.close() }
}

before(async () => {
  service = await openTestService({ apiToken: 'correct horse' })
  const listening = await listen(service.app.fetch)
  port = listening.port
  stopServer = async () => {
    for (const socket of sockets) socket.destroy()
    listening.stop()
  }
})
after(async () => {
  await stopServer()
  await service.close()
})

const token = { Authorization: 'Bearer correct horse' }
const at = (path: string) => `http://127.0.0.1:${port}${path}`

/** A connection that sends the head of a request, some of its body, and then nothing. */
async function half(method: string, path: string, headers: string[], body = '', to = port): Promise<Socket> {
  const socket = connect(to, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
  return socket
}
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('connections without a token that never finish a request lock nobody out', async () => {
  const json = ['Content-Type: application/json', 'Content-Length: 100']
  for (let i = 0; i < 140; i++) await half('POST', '/api/session', json, '{')
  await wait(100)
  const answer = await fetch(at('/api/taxa'), { headers: token, signal: AbortSignal.timeout(5000) })
  assert.equal(answer.status, 200)
  const signIn = await fetch(at('/api/session'), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: 'correct horse' }),
    signal: AbortSignal.timeout(5000),
  })
  assert.equal(signIn.status, 200)
})

test('half requests with a token keep no place either', async () => {
  const headers = ['Authorization: Bearer correct horse', 'Content-Type: application/json', 'Content-Length: 1000']
  for (let i = 0; i < 140; i++) await half('POST', '/api/taxa', headers, '{"name":')
  await wait(100)
  assert.equal((await fetch(at('/api/taxa'), { headers: token, signal: AbortSignal.timeout(5000) })).status, 200)
})

test('six uploads that stand still do not stop the seventh', async () => {
  const headers = [
    'Authorization: Bearer correct horse',
    'Content-Type: multipart/form-data; boundary=b',
    'Content-Length: 100000',
  ]
  const begun = '--b\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\nabc'
  for (let i = 0; i < 12; i++) await half('POST', '/api/media', headers, begun)
  await wait(100)
  const answer = await fetch(at('/api/media'), {
    method: 'POST',
    headers: token,
    body: form([await drawAnimal(COLOURS.red)]),
    signal: AbortSignal.timeout(5000),
  })
  assert.equal(answer.status, 202)
})

/** Sends `chunks` pieces of 1 MB without a stated length; returns the status and how many were taken. */
async function pour(
  path: string,
  chunks: number,
  type = 'application/json',
): Promise<{ status: number; sent: number }> {
  const sending = request(at(path), { method: 'POST', headers: { ...token, 'Content-Type': type } })
  sending.on('error', () => {})
  let status = 0
  const answered = new Promise<void>((resolve) => {
    sending.on('response', (response) => {
      status = response.statusCode ?? 0
      response.resume()
      resolve()
    })
    sending.on('close', resolve)
  })
  const piece = Buffer.alloc(1_000_000, ' ')
  let sent = 0
  while (sent < chunks && status === 0 && !sending.destroyed) {
    sent++
    if (!sending.write(piece)) await Promise.race([once(sending, 'drain'), answered]).catch(() => {})
    await new Promise(setImmediate)
  }
  sending.end()
  await answered
  sending.destroy()
  return { status, sent }
}

test('a body that is too big is refused while it arrives, and memory stays flat', async () => {
  const before = process.memoryUsage().rss
  for (const [path, type, most] of [
    ['/api/taxa', 'application/json', 8],
    ['/api/taxa', 'text/plain', 8],
    ['/api/session', 'application/json', 0],
  ] as const) {
    const { status, sent } = await pour(path, 400, type)
    assert.equal(status, 413, path)
    assert.ok(sent < most + 60, `${path}: ${sent} MB of 400 were taken`)
  }
  assert.ok(process.memoryUsage().rss - before < 250_000_000)
})

test('a stated length that is too big is refused at once', async () => {
  const socket = await half('POST', '/api/session', ['Content-Type: application/json', 'Content-Length: 64001'], '{')
  const [answer] = await once(socket, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 413 /)
})

test('a body that stands still is given up, and so is one too many', async () => {
  const app = newRoutes()
  const limits = { jsonBytes: 1000, signInBytes: 100, heldBytes: 1500, idleMs: 150, wholeMs: 700 }
  app.use(receiveBodies({ files: {}, streamed: [] }, limits))
  app.onError((error, c) => renderProblem(error, c))
  app.post('/', async (c) => c.text(String((await c.req.arrayBuffer()).byteLength)))
  const { port: other, stop } = await listen(app.fetch)
  try {
    const silent = await half('POST', '/', ['Content-Length: 1000'], 'abc', other)
    await wait(50)
    const full = await fetch(`http://127.0.0.1:${other}/`, { method: 'POST', body: 'x'.repeat(900) })
    assert.equal(full.status, 503)
    assert.equal(full.headers.get('retry-after'), '2')
    await once(silent, 'close')
    const room = await fetch(`http://127.0.0.1:${other}/`, { method: 'POST', body: 'x'.repeat(900) })
    assert.equal(await room.text(), '900')

    const trickling = await half('POST', '/', ['Content-Length: 1000'], 'a', other)
    const beginning = performance.now()
    const drops = setInterval(() => trickling.write('a'), 50)
    // A drop that arrives after the end is answered with a reset, which is an end too.
    trickling.on('error', () => undefined)
    await new Promise((resolve) => trickling.once('close', resolve))
    clearInterval(drops)
    assert.ok(performance.now() - beginning < 2000)
  } finally {
    stop()
  }
})

test('an upload that stands still ends; one that waits for us does not', async () => {
  const limits = { maxFileBytes: 1_000_000, maxFiles: 10, maxFieldBytes: 1000 }
  const head = '--b\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
  const multipart = () => ({ contentType: 'multipart/form-data; boundary=b', body: new PassThrough() })
  const silent = multipart()
  silent.body.write(`${head}abc`)
  const read = readMultipart(silent, limits, async ({ stream }) => void (await stream.toArray()), 100)
  await assert.rejects(read, { status: 408, message: /Nothing came for 0.1 seconds/ })

  const waiting = multipart()
  waiting.body.end(`${head}${'x'.repeat(500_000)}\r\n--b--\r\n`)
  let size = 0
  await readMultipart(
    waiting,
    limits,
    async ({ stream }) => {
      await wait(400)
      for await (const part of stream) size += part.length
    },
    100,
  )
  assert.equal(size, 500_000)
})
