// A service that is told to stop says so first, finishes what is under way, and loses nothing. All log lines of a
// request carry its id.

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, test } from 'node:test'
import { COLOURS, drawAnimal } from '../support/photos.ts'
import { newInstallation, removeAll, type Server, serve, until } from '../support/processes.ts'
import { form } from '../support/service.ts'

after(removeAll)

/** A request that sends its last byte when told to. */
function slowSuggestion(server: Server, photo: Buffer) {
  const sending = request(`${server.url}/api/suggestions`, {
    method: 'POST',
    headers: { 'Content-Type': 'image/jpeg', 'Content-Length': photo.length },
  })
  const answered = new Promise<number>((resolve, reject) => {
    sending.on('response', (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    sending.on('error', reject)
  })
  const begun = new Promise<void>((resolve) => sending.write(photo.subarray(0, photo.length - 1), () => resolve()))
  return { begun, answered, finish: () => sending.end(photo.subarray(photo.length - 1)) }
}

type Summary = { media: { queued: number; indexed: number; failed: number } }

test('it is not ready first, then finishes requests and photos under way, and ends with 0', async () => {
  const env = { ...(await newInstallation()), DRAIN_SECONDS: '8' }
  const server = await serve(env)
  const photos = await Promise.all(Array.from({ length: 30 }, (_, seed) => drawAnimal(COLOURS.red, { seed })))
  assert.equal((await server.ask('/readyz')).status, 200)
  const slow = slowSuggestion(server, photos[0]!)
  await slow.begun
  await server.read(202, '/api/media', { method: 'POST', body: form(photos) })
  server.child.kill('SIGTERM')
  await until('not ready', async () => (await server.ask('/readyz')).status === 503, [server])
  assert.equal((await server.ask('/healthz')).status, 200, 'it still answers')
  slow.finish()
  assert.equal(await slow.answered, 200)
  assert.equal(await server.ended, 0)

  const again = await serve({ ...env, DRAIN_SECONDS: '0' })
  await until('every photo', async () => (await again.read<Summary>(200, '/api/summary')).media.indexed === 30, [again])
  assert.equal(await again.stop(), 0)
})

test('what does not end in time is broken off, and said', async () => {
  const env = { ...(await newInstallation()), STOP_SECONDS: '1' }
  const server = await serve(env)
  const slow = slowSuggestion(server, await drawAnimal(COLOURS.red))
  slow.answered.catch(() => {})
  await slow.begun
  assert.equal((await server.ask('/healthz')).status, 200)
  server.child.kill('SIGTERM')
  // A request that never ends must not keep the service alive. How long closing then takes decides only the exit code.
  const code = await server.ended
  assert.ok(code === 0 || code === 1, `${code}`)
  if (code === 1) assert.match(server.said(), /Not everything under way was finished within STOP_SECONDS \(1\)/)
  await assert.rejects(slow.answered)
})

test('a request’s id is the caller’s or made, is told, and is in every line about it', async () => {
  const server = await serve({ ...(await newInstallation()), LOG_LEVEL: 'trace' })
  const given = await server.ask('/api/media/999', { headers: { 'X-Request-Id': 'ask-42' } })
  assert.equal(given.headers.get('x-request-id'), 'ask-42')
  assert.equal(((await given.json()) as { requestId: string }).requestId, 'ask-42')
  const made = (await server.ask('/api/summary')).headers.get('x-request-id') ?? ''
  assert.match(made, /^[\w-]{36}$/)
  const odd = (await server.ask('/api/summary', { headers: { 'X-Request-Id': 'a b\tc' } })).headers.get('x-request-id')
  assert.match(odd ?? '', /^[\w-]{36}$/, 'one that could forge log lines is not taken over')
  await server.stop()
  const lines = server
    .said()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { requestId?: string; msg: string; status?: number })
  const own = lines.filter(({ requestId }) => requestId === 'ask-42')
  assert.deepEqual(
    own.map(({ msg }) => msg),
    ['Expected media 999 to exist, but there is none', 'request'],
  )
  assert.equal(lines.filter(({ requestId }) => requestId === made).length, 1)
})
