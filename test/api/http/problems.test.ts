// Every way to fail. Each row is a request that must not succeed, and the problem that answers it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { form, makeTaxa, openTestService, type TestService } from '../../support/service.ts'
import { type ProblemCase, testProblems } from './problem-cases.ts'

let service: TestService
let taxa: Record<string, string>
let photo: Buffer
let mediaId = ''
let detectionId = ''
before(async () => {
  service = await openTestService({ maxPhotoBytes: 20_000 })
  taxa = await makeTaxa(service, ['Danaus plexippus'])
  photo = await drawAnimal(COLOURS.red)
  const [item] = await service.bring([photo], { taxonId: taxa['Danaus plexippus']! })
  mediaId = item!.id!
  const { items } = await service.read<{ items: { id: string }[] }>(200, '/api/detections')
  detectionId = items[0]!.id
})
after(() => service.close())

const post = (path: string, json: unknown, headers = {}) => service.ask(path, { json, headers })
const image = (body: Uint8Array | string, type = 'image/jpeg') =>
  service.ask('/api/suggestions', {
    method: 'POST',
    headers: { 'Content-Type': type },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
const multipart = (body: string, type = 'multipart/form-data; boundary=b') =>
  service.ask('/api/media', { method: 'POST', headers: { 'Content-Type': type }, body })
const say = (json: object, headers = {}) =>
  post('/api/identifications', { detectionId, taxonId: taxa.Danaus, basis: { kind: 'search' }, ...json }, headers)
const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')

const CASES: ProblemCase[] = [
  [
    'malformed JSON',
    () => service.ask('/api/taxa', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{' }),
    400,
    /JSON/,
  ],
  [
    'missing field',
    () => post('/api/taxa', { name: 'Danaus', parentId: null }),
    400,
    /Expected one of kingdom, .* for rank but received nothing\./,
  ],
  [
    'wrong type',
    () => post('/api/taxa', { name: 7, rank: 'genus', parentId: null }),
    400,
    /Expected a string for name but received 7\./,
  ],
  ['wrong query', () => service.ask('/api/taxa?limit=0'), 400, /Expected at least 1 for limit but received "0"\./],
  [
    'not an id',
    () => service.ask('/api/media/abc'),
    400,
    /Expected an id as returned by this API for id but received "abc"\./,
  ],
  ['not a cursor, taxa', () => service.ask('/api/taxa?q=a&cursor=xx'), 400, /Expected a cursor/],
  ['not a cursor, detections', () => service.ask('/api/detections?cursor=xx'), 400, /Expected a cursor/],
  [
    'bad name',
    () => service.ask('/api/taxa', { headers: { 'Clavis-Person': 'import:me' } }),
    400,
    /does not begin with import:/,
  ],
  [
    'too long a name',
    () => service.ask('/api/taxa', { headers: { 'Clavis-Person': 'x'.repeat(101) } }),
    400,
    /1 to 100 characters/,
  ],

  [
    'taxon twice',
    () => post('/api/taxa', { name: 'insecta', rank: 'class', parentId: null }),
    409,
    /no other class insecta/,
  ],
  [
    'ranks out of order',
    () => post('/api/taxa', { name: 'x', rank: 'class', parentId: taxa.Danaus }),
    409,
    /higher rank than class/,
  ],
  [
    'taxon below itself',
    () => service.ask(`/api/taxa/${taxa.Nymphalidae}`, { method: 'PATCH', json: { parentId: taxa.Danaus } }),
    409,
    /outside of Nymphalidae/,
  ],
  ['taxon with children', () => service.ask(`/api/taxa/${taxa.Danaus}`, { method: 'DELETE' }), 409, /no taxa below it/],
  [
    'taxon with identifications',
    () => service.ask(`/api/taxa/${taxa['Danaus plexippus']}`, { method: 'DELETE' }),
    409,
    /identification/,
  ],

  ['photo too big', () => image(Buffer.alloc(20_001)), 413, /at most 20000 bytes/],
  [
    'photo too big, multipart',
    () => service.ask('/api/suggestions', { method: 'POST', body: form([Buffer.alloc(20_001)]) }),
    413,
    /at most 20000 bytes/,
  ],
  [
    'two photos at once',
    () => service.ask('/api/suggestions', { method: 'POST', body: form([photo, photo]) }),
    413,
    /at most 1 files/,
  ],
  [
    'no type',
    () => service.ask('/api/suggestions', { method: 'POST', body: new Uint8Array(photo) }),
    415,
    /one of the types .* but received no Content-Type\./,
  ],
  ['text', () => image('hello', 'text/plain'), 415, /one of the types .* but received text\/plain\./],
  ['HEIC', () => image(heic), 415, /HEIC photos cannot be read here\. Export them as JPEG/],
  [
    'RAW',
    () => image(Buffer.from('FUJIFILMCCD-RAW 0201'), 'application/octet-stream'),
    415,
    /Raw camera files cannot be read here unless the camera put a large JPEG inside, and this one holds none/,
  ],
  [
    'upload that is no multipart',
    () => multipart('x', 'text/plain'),
    415,
    /Expected multipart\/form-data but received text\/plain/,
  ],
  ['upload without boundary', () => multipart('x', 'multipart/form-data'), 400, /boundary/],
  [
    'upload that breaks off',
    () => multipart('--b\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\nabc'),
    400,
    /malformed or incomplete/,
  ],
  [
    'upload without photos',
    () => service.ask('/api/media', { method: 'POST', body: form([], { genus: 'Danaus' }) }),
    400,
    /at least one file in the field photo/,
  ],
  [
    'facts that are no JSON',
    () => service.ask('/api/media', { method: 'POST', body: form([photo], { facts: '[' }) }),
    400,
    /Expected JSON for facts/,
  ],
  [
    'facts of another photo',
    () => service.ask('/api/media', { method: 'POST', body: form([photo], { facts: '[{},{}]' }) }),
    400,
    /Expected facts for 1 photos but received 2/,
  ],
  ['empty photo', () => image(Buffer.alloc(0)), 422, /received none|empty/],
  ['broken photo', () => image(photo.subarray(0, 200)), 422, /./],
  [
    'key for two requests',
    async () => {
      assert.equal((await say({}, { 'Idempotency-Key': 'k1' })).status, 201)
      return say({ taxonId: taxa.Insecta }, { 'Idempotency-Key': 'k1' })
    },
    422,
    /Idempotency-Key k1 was used for another request/,
  ],
  [
    'offers that are no hashes',
    () => post('/api/media/offers', { photos: [{ sha256: 'x', facts: {} }] }),
    400,
    /64 hexadecimal digits/,
  ],
  ['foreign page', () => service.ask('/api/taxa', { headers: { Origin: 'https://evil.example' } }), 403, /Origin/],
  ['foreign host', () => service.ask('http://evil.example/api/taxa'), 403, /Host/],
]

testProblems(CASES)

test('a conflict names what is there already', async () => {
  const response = await post('/api/taxa', { name: 'INSECTA', rank: 'class', parentId: null })
  assert.equal((await response.json()).existingId, taxa.Insecta)
})

test('validation names every fault and where it is', async () => {
  const response = await post('/api/taxa', { name: '', rank: 'tribe', parentId: 'x' })
  const { errors } = await response.json()
  assert.deepEqual(
    errors.map((fault: { path: string[] }) => fault.path),
    [['name'], ['rank'], ['parentId']],
  )
})

test('our own fault tells only the request id', async () => {
  const broken = {
    ...service,
    db: new Proxy(service.db, {
      get: () => () => {
        throw new Error('secret detail')
      },
    }),
  }
  const { createApp } = await import('../../../api/app.ts')
  const response = await createApp(broken).request('/api/media', { headers: { 'X-Request-Id': 'abc-123' } })
  const text = await response.text()
  assert.equal(response.status, 500)
  assert.ok(!text.includes('secret'))
  assert.equal(JSON.parse(text).requestId, 'abc-123')
})

test('a service that is full says when to come back', async () => {
  const slow = await Promise.all(Array.from({ length: 60 }, () => image(photo)))
  const refused = slow.filter((response) => response.status === 503)
  assert.ok(refused.length > 0, 'some are refused')
  assert.equal(slow.filter((response) => response.status === 200).length, 60 - refused.length)
  assert.ok(Number(refused[0]!.headers.get('retry-after')) >= 1)
  assert.equal((await image(photo)).status, 200, 'and it goes on')
})

test('a disk that takes no more is told with what to do, wherever it is noticed', async () => {
  const { createApp } = await import('../../../api/app.ts')
  const faults = {
    'could not extend file "base/5/16401": No space left on device': /disk .* is full/,
    'ENOSPC: no space left on device, write': /disk .* is full/,
    'could not open file "base/5/16401": Read-only file system': /read-only/,
  }
  for (const [message, sentence] of Object.entries(faults)) {
    const db = new Proxy(service.db, {
      get: () => () => {
        throw new Error('Failed query', { cause: new Error(message) })
      },
    })
    const response = await createApp({ ...service, db }).request('/api/media')
    assert.equal(response.status, 503)
    assert.equal(response.headers.get('retry-after'), '30')
    assert.match((await response.json()).detail, sentence)
  }
  const config = { ...service.config, dataDir: '/proc/1' }
  const unready = await createApp({ ...service, config }).request('/readyz')
  assert.equal(unready.status, 503)
})

test('what takes the whole machine runs one at a time', async () => {
  const statuses = await Promise.all(
    [1, 2, 3].map(async () => (await service.ask('/api/taxonomy/replay', { method: 'POST' })).status),
  )
  assert.deepEqual(statuses.sort(), [200, 503, 503])
})

test('a failed photo is told with its media, and may be tried again', async () => {
  const broken = photo.subarray(0, 400)
  const [item] = await service.bring([broken])
  assert.equal(item!.status, 'queued')
  const media = await service.read<{ status: string; failure: { stage: string; message: string } }>(
    200,
    `/api/media/${item!.id}`,
  )
  assert.equal(media.status, 'failed')
  assert.equal(media.failure.stage, 'decode')
  assert.ok(media.failure.message.length > 10)
  const retried = await service.read<{ status: string }>(200, `/api/media/${item!.id}/retry`, { method: 'POST' })
  assert.equal(retried.status, 'queued')
  await service.settled()
  assert.equal((await service.read<{ status: string }>(200, `/api/media/${item!.id}`)).status, 'failed')
  assert.notEqual(mediaId, '')
})
