// The interface as outside programs rely on it: every promised route with its exact field names, and a correct
// description.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openTestService, type TestService } from '../../support/service.ts'

type Schema = {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  allOf?: Schema[]
  required?: string[]
  enum?: string[]
}
type Operation = {
  summary?: string
  tags?: string[]
  parameters?: { name: string; in: string; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>
}
type Document = {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

let service: TestService
let document: Document
before(async () => {
  service = await openTestService()
  document = await service.read<Document>(200, '/api/openapi.json')
})
after(() => service.close())

const PROMISED: [route: string, parameters: string[], status: number][] = [
  ['get /healthz', [], 200],
  ['get /readyz', [], 200],
  ['post /api/suggestions', ['limit', 'similar', 'accuracy', 'within'], 200],
  ['post /api/media', [], 202],
  ['get /api/media', ['cursor', 'limit'], 200],
  ['get /api/media/{id}', ['id'], 200],
  ['get /api/media/{id}/image', ['id'], 200],
  ['delete /api/media/{id}', ['id'], 204],
  ['get /api/detections/{id}/crop', ['id'], 200],
  ['post /api/identifications', ['idempotency-key'], 201],
  ['delete /api/identifications/{id}', ['id'], 200],
  ['get /api/similar', ['detectionId', 'k', 'within'], 200],
  ['get /api/taxa', ['q', 'parent', 'cursor', 'limit'], 200],
  ['post /api/taxa', [], 201],
  ['get /api/taxa/{id}', ['id'], 200],
  ['patch /api/taxa/{id}', ['id'], 200],
  ['delete /api/taxa/{id}', ['id'], 204],
  ['get /api/taxa/{id}/knowledge', ['id'], 200],
  ['post /api/taxonomy/edits', ['dryRun'], 201],
  ['get /api/taxonomy/edits', ['taxon', 'cursor', 'limit'], 200],
  ['post /api/taxonomy/edits/{id}/undo', ['id', 'dryRun'], 201],
  ['get /api/taxonomy/children', ['parent', 'cursor'], 200],
  ['post /api/taxonomy/imports', ['dryRun'], 201],
  ['get /api/taxonomy/export', ['format'], 200],
  ['get /api/events', [], 200],
  ['get /api/export.csv', [], 200],
  ['get /api/models', [], 200],
  ['get /api/summary', [], 200],
  ['get /api/detections', ['state', 'kind', 'order', 'taxon', 'mediaId', 'importId', 'cursor', 'limit'], 200],
  ['get /api/detections/{id}', ['id'], 200],
  ['post /api/media/{id}/retry', ['id'], 200],
  ['get /api/imports', ['cursor', 'limit'], 200],
  ['post /api/imports', [], 201],
  ['get /api/imports/{id}', ['id'], 200],
  ['post /api/imports/{id}/close', ['id'], 200],
  ['get /api/imports/{id}/failures', ['id', 'cursor', 'limit'], 200],
  [
    'get /api/queues',
    ['taxon', 'deployment', 'from', 'to', 'importId', 'minConfidence', 'maxConfidence', 'person'],
    200,
  ],
  ['get /api/detections/{id}/burst', ['id'], 200],
  ['post /api/detections', ['idempotency-key'], 201],
  ['patch /api/detections/{id}', ['id'], 200],
  ['delete /api/detections/{id}', ['id'], 200],
  ['patch /api/media/{id}', ['id'], 200],
  ['post /api/identifications/bulk', ['idempotency-key'], 201],
  ['post /api/identifications/bulk/preview', [], 200],
  ['get /api/actions', ['person', 'cursor', 'limit'], 200],
  ['get /api/actions/undoable', [], 200],
  ['post /api/actions/{id}/undo', ['id'], 200],
  ['post /api/actions/{id}/redo', ['id'], 200],
  ['get /api/false-triggers', ['threshold', 'importId', 'deployment', 'withoutBox'], 200],
  ['post /api/false-triggers', ['idempotency-key'], 201],
  ['get /api/repeats', ['deployment', 'limit'], 200],
  ['post /api/repeats', ['idempotency-key'], 201],
  ['get /api/session', [], 200],
  ['post /api/session', [], 200],
]

function operation(route: string): Operation | undefined {
  const [method, path] = route.split(' ')
  return document.paths[path!]?.[method!]
}

function resolve(schema: Schema): Schema {
  return schema.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1)!]!
}

const names = (schema: string) => {
  const { properties, allOf } = document.components.schemas[schema]!
  return [
    ...(allOf ?? []).flatMap((part) => Object.keys(resolve(part).properties ?? {})),
    ...Object.keys(properties ?? {}),
  ]
}

for (const [route, parameters, status] of PROMISED)
  test(`${route} is described`, () => {
    const described = operation(route)
    assert.ok(described, route)
    assert.ok(described.summary && described.tags?.length === 1)
    assert.ok(described.responses[status], `${status}`)
    const declared = (described.parameters ?? []).map((parameter) => parameter.name)
    for (const name of parameters) assert.ok(declared.includes(name), name)
  })

test('fields have the promised names', () => {
  assert.deepEqual(names('Answer'), ['photo', 'models', 'treeVersion', 'detections'])
  for (const field of ['bbox', 'confidence', 'source', 'path', 'stop', 'novelty', 'suggestions'])
    assert.ok(names('AnsweredDetection').includes(field), field)
  assert.deepEqual(names('PathStep'), ['taxon', 'probability', 'novelty'])
  assert.deepEqual(names('Stop'), ['taxon', 'probability', 'rule', 'measured'])
  assert.deepEqual(names('Novelty'), ['under', 'probability'])
  assert.deepEqual(names('Suggestion'), ['taxon', 'probability', 'evidence', 'similar'])
  assert.deepEqual(names('Similar'), ['detectionId', 'mediaId', 'cropUrl', 'similarity'])
  assert.deepEqual(names('Taxon'), ['id', 'name', 'rank', 'commonName', 'path'])
  assert.deepEqual(names('TaxonStep'), ['id', 'name', 'rank'])
  assert.deepEqual(names('MediaItem'), ['id', 'filename', 'status', 'failure', 'keptDeployment', 'leftOut'])
  assert.deepEqual(names('IdentificationAnswer'), ['identification', 'learned'])
  assert.deepEqual(names('Learned'), ['before', 'after', 'treeVersion', 'ms'])
  assert.deepEqual(names('NewIdentification'), ['detectionId', 'taxonId', 'basis', 'replacesId'])
  assert.deepEqual(names('Basis'), ['kind', 'treeVersion', 'model', 'score', 'rank'])
  assert.deepEqual(names('NewTaxon'), ['name', 'rank', 'parentId', 'commonName', 'byBackbone'])
  assert.deepEqual(names('Problem').slice(0, 5), ['type', 'title', 'status', 'detail', 'requestId'])
  const upload = operation('post /api/media')!.requestBody!.content['multipart/form-data']!.schema
  for (const field of ['photo', 'taxonId', 'class', 'order', 'family', 'genus', 'species', 'commonName'])
    assert.ok(upload.properties![field], field)
  const bodies = Object.keys(operation('post /api/suggestions')!.requestBody!.content)
  assert.deepEqual(bodies, ['image/*', 'application/octet-stream', 'multipart/form-data', 'application/json'])
})

test('lists answer items and nextCursor', () => {
  for (const [route] of PROMISED.filter(([, parameters]) => parameters.includes('cursor'))) {
    const { properties } = resolve(operation(route)!.responses[200]!.content!['application/json']!.schema)
    assert.deepEqual(Object.keys(properties!), ['items', 'nextCursor'], route)
  }
})

test('the document is OpenAPI 3.1 without dangling references or shared operation names', () => {
  assert.match(document.openapi, /^3\.1/)
  const text = JSON.stringify(document)
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    assert.ok(document.components.schemas[name!], name)
  for (const [path, operations] of Object.entries(document.paths))
    for (const described of Object.values(operations)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      const declared = (described.parameters ?? []).filter((one) => one.in === 'path').map((one) => one.name)
      assert.deepEqual(declared, inPath, path)
      assert.ok(Object.keys(described.responses).length > 0)
    }
})

test('every described route answers, and every problem has the one shape', async () => {
  for (const [path, operations] of Object.entries(document.paths))
    for (const method of Object.keys(operations)) {
      if (path === '/api/events') continue
      const response = await service.ask(path.replace('{id}', '999999'), { method: method.toUpperCase() })
      assert.ok(operations[method]!.responses[response.status], `${method} ${path}: ${response.status} is described`)
      if (response.status >= 400) assert.equal(response.headers.get('content-type'), 'application/problem+json', path)
      await response.body?.cancel()
    }
})

test('readable documentation that loads nothing from elsewhere', async () => {
  const page = await (await service.ask('/api/docs')).text()
  const sources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!)
  assert.ok(sources.every((source) => source.startsWith('/')))
  for (const [source, type] of [
    ['/api/docs/start.js', 'text/javascript'],
    ['/api/docs/swagger-ui-bundle.js', 'text/javascript'],
    ['/api/docs/swagger-ui.css', 'text/css'],
  ] as const) {
    assert.ok(sources.includes(source), source)
    const file = await service.ask(source)
    assert.equal(file.status, 200, source)
    assert.equal(file.headers.get('content-type'), type)
    assert.ok((await file.text()).length > 100, source)
  }
})

test('answers carry what browsers need to be careful', async () => {
  const { headers } = await service.ask('/healthz')
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'self'/)
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('x-frame-options') !== null, true)
  assert.ok(headers.get('x-request-id'))
})

test('alive and ready are two questions', async () => {
  assert.deepEqual(await service.read(200, '/healthz'), { status: 'ok' })
  const ready = await service.read<{ status: string; models: { detector: { name: string } } }>(200, '/readyz')
  assert.equal(ready.status, 'ready')
  assert.equal(ready.models.detector.name, 'test-detector')
  const { createApp } = await import('../../../api/app.ts')
  const broken = createApp({
    ...service,
    db: new Proxy(service.db, { get: () => () => Promise.reject(new Error('gone')) }),
  })
  assert.equal((await broken.request('/healthz')).status, 200, 'alive without a database')
  const unready = await broken.request('/readyz')
  assert.equal(unready.status, 503)
  assert.match((await unready.json()).detail, /database does not answer/)
})

test('events begin at once, beat, and end with the service', async () => {
  const { eventRoutes } = await import('../../../api/installation/events-route.ts')
  const { createEvents } = await import('../../../api/http/events.ts')
  const { newRoutes } = await import('../../../api/http/router.ts')
  const closing = new AbortController()
  const events = createEvents()
  const app = newRoutes()
  app.use(async (c, next) => {
    c.set('isStillAdmitted', async () => true)
    await next()
  })
  app.route('/', eventRoutes({ events, closing: closing.signal }, 20))
  const response = await app.request('/api/events')
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const until = async (wanted: RegExp) => {
    while (!wanted.test(text)) {
      const { value, done } = await reader.read()
      if (done) throw new Error(`ended before ${wanted}: ${text}`)
      text += value
    }
  }
  await until(/hello/)
  await until(/: heartbeat/)
  events.emit({ name: 'published', data: { treeVersion: '3.0' } })
  await until(/event: published\ndata: \{"treeVersion":"3\.0"\}/)
  closing.abort()
  for (;;) if ((await reader.read()).done) break
})
