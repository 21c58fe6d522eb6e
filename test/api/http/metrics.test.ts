// What /metrics counts, against what was just done, and who may read it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { COLOURS, drawAnimal, drawPhoto } from '../../support/photos.ts'
import { detectionOf, makeTaxa, openTestService, suggestFor, type TestService } from '../../support/service.ts'

let service: TestService
before(async () => {
  service = await openTestService()
})
after(() => service.close())

/** Values by `name{labels}`. */
async function metrics(): Promise<Map<string, number>> {
  const response = await service.ask('/metrics')
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

test('requests, photos, inference, lessons and versions are counted', async () => {
  const taxa = await makeTaxa(service, ['Danaus plexippus', 'Aglais io'])
  const photos = await Promise.all([1, 2, 3].map((seed) => drawAnimal(COLOURS.red, { seed })))
  const items = await service.bring([...photos, await drawPhoto([])])
  const { id: detectionId } = await detectionOf(service, items[0])
  await service.read(201, '/api/identifications', {
    json: { detectionId, taxonId: taxa['Danaus plexippus'], basis: { kind: 'search' } },
  })
  const before = await metrics()
  await suggestFor(service, photos[1]!)
  await service.learning.publishNow()
  await service.ask('/api/media/12345')
  const now = await metrics()
  const at = (name: string) => now.get(name) ?? assert.fail(`there is no ${name}`)
  const more = (name: string) => at(name) - (before.get(name) ?? 0)

  assert.equal(at('clavis_photos_indexed_total{status="indexed"}'), 4)
  assert.equal(at('clavis_queue_photos{state="waiting"}'), 0)
  assert.equal(at('clavis_queue_photos{state="active"}'), 0)
  const request = (method: string, route: string, status: number) =>
    `clavis_http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`
  assert.equal(more(request('POST', '/api/suggestions', 200)), 1)
  assert.equal(more(request('GET', '/api/media/:id', 404)), 1, 'under its route, not its address')
  assert.equal(at(request('POST', '/api/media', 202)), 1)
  assert.equal(more('clavis_inference_batch_pictures_sum{task="detect"}'), 1)
  assert.equal(at('clavis_inference_batch_pictures_sum{task="detect"}'), 5)
  assert.ok(at('clavis_inference_duration_seconds_sum{task="embed"}') > 0)
  assert.equal(at('clavis_inference_restarts'), 0)
  assert.ok(at('clavis_lessons_applied_total') >= 1)
  assert.equal(at('clavis_publish_duration_seconds_count'), 1)
  const [version, lessons] = service.learning.treeVersion().split('.').map(Number)
  assert.deepEqual([at('clavis_tree_version'), at('clavis_tree_lessons')], [version, lessons])
  assert.equal(at('clavis_tree_examples'), 1)
  assert.ok(at('clavis_database_connections{state="open"}') >= 1)
  assert.ok(at('clavis_event_loop_delay_seconds{quantile="0.99"}') >= 0)
  assert.ok(at('process_resident_memory_bytes') > 1e7)
  assert.ok(Math.abs(at('process_start_time_seconds') + process.uptime() - Date.now() / 1000) < 60)
})

test('what leads nowhere makes no series of its own', async () => {
  for (const path of ['/api/nothing/1', '/nowhere/2', '/.env']) await service.ask(path)
  const routes = [...(await metrics()).keys()].filter((name) => /nothing|nowhere|env/.test(name))
  assert.deepEqual(routes, [])
})

test('metrics ask for the token as the API does', async () => {
  const guarded = await openTestService({ apiToken: 'a token of the test' })
  try {
    assert.equal((await guarded.ask('/metrics')).status, 401)
    const answer = await guarded.ask('/metrics', { headers: { Authorization: 'Bearer a token of the test' } })
    assert.equal(answer.status, 200)
    assert.equal((await guarded.ask('/healthz')).status, 200)
  } finally {
    await guarded.close()
  }
})
