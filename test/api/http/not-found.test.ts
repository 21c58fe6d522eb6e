// Requests that name something that does not exist, one for each kind.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { photoName } from '../../../indexer/photos/file-names.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { form, makeTaxa, openTestService, type TestService } from '../../support/service.ts'
import { testProblems } from './problem-cases.ts'

let service: TestService
let taxa: Record<string, string>
let photo: Buffer
let detectionId = ''
before(async () => {
  service = await openTestService({ maxPhotoBytes: 20_000 })
  taxa = await makeTaxa(service, ['Danaus plexippus'])
  photo = await drawAnimal(COLOURS.red)
  await service.bring([photo], { taxonId: taxa['Danaus plexippus']! })
  const { items } = await service.read<{ items: { id: string }[] }>(200, '/api/detections')
  detectionId = items[0]!.id
})
after(() => service.close())

const post = (path: string, json: unknown, headers = {}) => service.ask(path, { json, headers })
const say = (json: object, headers = {}) =>
  post('/api/identifications', { detectionId, taxonId: taxa.Danaus, basis: { kind: 'search' }, ...json }, headers)

testProblems([
  ['unknown address', () => service.ask('/api/nothing'), 404, /nothing at|There is no/],
  [
    'unknown address, other method',
    () => service.ask('/api/nothing', { method: 'POST' }),
    404,
    /There is nothing at \/api\/nothing/,
  ],
  ['no such media', () => service.ask('/api/media/999'), 404, /media 999/],
  ['no such image', () => service.ask('/api/media/999/image'), 404, /media 999/],
  ['no such media to delete', () => service.ask('/api/media/999', { method: 'DELETE' }), 404, /media 999/],
  ['no such media to retry', () => service.ask('/api/media/999/retry', { method: 'POST' }), 404, /media 999/],
  ['no such detection', () => service.ask('/api/detections/999'), 404, /detection 999/],
  ['no such crop', () => service.ask('/api/detections/999/crop'), 404, /detection 999/],
  ['detections of no such taxon', () => service.ask('/api/detections?taxon=999'), 404, /taxon 999/],
  ['no such taxon', () => service.ask('/api/taxa/999'), 404, /taxon 999/],
  [
    'no such taxon to change',
    () => service.ask('/api/taxa/999', { method: 'PATCH', json: { name: 'x' } }),
    404,
    /taxon 999/,
  ],
  ['no such taxon to delete', () => service.ask('/api/taxa/999', { method: 'DELETE' }), 404, /taxon 999/],
  ['no such parent', () => post('/api/taxa', { name: 'x', rank: 'genus', parentId: '999' }), 404, /taxon 999/],
  ['no such import', () => service.ask('/api/imports/999'), 404, /import 999/],
  ['no such import to close', () => service.ask('/api/imports/999/close', { method: 'POST' }), 404, /import 999/],
  ['failures of no such import', () => service.ask('/api/imports/999/failures'), 404, /import 999/],
  [
    'photos for no such import',
    () => service.ask('/api/media', { method: 'POST', body: form([photo], { importId: '999' }) }),
    404,
    /import 999/,
  ],
  [
    'photos of no such taxon',
    () => service.ask('/api/media', { method: 'POST', body: form([photo], { taxonId: '999' }) }),
    404,
    /taxon 999/,
  ],
  ['suggestions for no such detection', () => post('/api/suggestions', { detectionId: '999' }), 404, /detection 999/],
  ['suggestions within no such taxon', () => post('/api/suggestions?within=999', { detectionId }), 404, /taxon 999/],
  ['similar to no such detection', () => service.ask('/api/similar?detectionId=999'), 404, /detection 999/],
  [
    'similar within no such taxon',
    () => service.ask(`/api/similar?detectionId=${detectionId}&within=999`),
    404,
    /taxon 999/,
  ],
  ['identification of no such detection', () => say({ detectionId: '999' }), 404, /detection 999/],
  ['identification as no such taxon', () => say({ taxonId: '999' }), 404, /taxon 999/],
  [
    'no such identification',
    () => service.ask('/api/identifications/999', { method: 'DELETE' }),
    404,
    /identification 999/,
  ],
  ['replacing no such identification', () => say({ replacesId: '999' }), 404, /identification 999/],
  [
    'file that is gone',
    async () => {
      const [item] = await service.bring([await drawAnimal(COLOURS.cyan)])
      const { sha256 } = await service.read<{ sha256: string }>(200, `/api/media/${item!.id}`)
      await rm(join(service.folder, photoName(sha256)))
      return service.ask(`/api/media/${item!.id}/image`)
    },
    404,
    /missing from the data folder/,
  ],
])
