// Another embedder takes over without a pause. The old one answers until the new vectors and tree are complete, photos
// that arrive meanwhile are included, and the way back is the same.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { chosenModels } from '../../api/installation/model-choice.ts'
import { random } from '../../classifiers/seeded-random.ts'
import { addMedia } from '../../db/photos/add-media.ts'
import { storeAnalysis } from '../../db/photos/analysis.ts'
import { identify } from '../../db/statements/identifications.ts'
import { ensureModel, insertEmbeddings } from '../../db/trees/models.ts'
import { COLOURS, drawAnimal } from '../support/photos.ts'
import { animal, photoFacts } from '../support/rows.ts'
import { makeTaxa, openTestService, suggestFor, type TestService } from '../support/service.ts'
import { embedderManifest, TEST_DETECTOR, TEST_EMBEDDER, writeModel } from '../support/test-models.ts'

type Listed = {
  items: { name: string; inUse: boolean; refused: string[]; switching: { embedded: number } | null }[]
}

describe('changing the embedder', () => {
  let service: TestService
  let taxa: Record<string, string>
  before(async () => {
    service = await openTestService()
    const models = join(service.folder, 'models')
    const weights = await readFile(join(models, TEST_EMBEDDER, 'model.onnx'))
    // The same net under another sha256: ONNX's doc_string (field 6) once more.
    const other = Buffer.concat([weights, Buffer.from([0x32, 1, 0x61])])
    await writeModel(models, other, embedderManifest({ name: 'other-embedder' }))
    taxa = await makeTaxa(service, ['Danaus plexippus', 'Aglais io'])
    for (let seed = 0; seed < 4; seed++) {
      await service.bring([await drawAnimal(COLOURS.red, { seed })], { taxonId: taxa['Danaus plexippus']! })
      await service.bring([await drawAnimal(COLOURS.blue, { seed: seed + 50 })], { taxonId: taxa['Aglais io']! })
    }
  })
  after(() => service.close())

  const inUse = async () =>
    (await service.read<Listed>(200, '/api/models')).items.filter((model) => model.inUse).map((model) => model.name)
  const changeTo = async (name: string) => {
    await service.read(202, '/api/models/use', { json: { name } })
    for (let tries = 0; !(await inUse()).includes(name); tries++) {
      assert.ok(tries < 300, `${name} is not in use after 30 s`)
      await sleep(100)
    }
    await service.modelSwitch.settled()
  }

  it('answers by the old one until the new one is complete, and then by the new one, knowing everything', async () => {
    const query = await drawAnimal(COLOURS.red, { seed: 99 })
    const old = await suggestFor(service, query)
    const changing = changeTo('other-embedder')
    const late = await service.bring([await drawAnimal(COLOURS.blue, { seed: 77 })], { taxonId: taxa['Aglais io']! })
    assert.equal(late[0]?.status, 'queued')
    await changing
    const answer = await suggestFor(service, query)
    assert.equal(answer.models.embedder.name, 'other-embedder')
    assert.notEqual(answer.models.embedder.sha256, old.models.embedder.sha256)
    assert.equal(answer.detections[0]?.suggestions[0]?.taxon.name, 'Danaus plexippus')
    assert.equal(answer.detections[0]?.suggestions[0]?.evidence.examples, 4)
    await service.settled()
    const blue = await suggestFor(service, await drawAnimal(COLOURS.blue, { seed: 78 }))
    assert.equal(blue.detections[0]?.suggestions[0]?.taxon.name, 'Aglais io')
    assert.equal(
      blue.detections[0]?.suggestions[0]?.evidence.examples,
      5,
      'the photo that came meanwhile is learned too',
    )
    assert.equal((await chosenModels(service.db, { detector: null, embedder: null })).embedder, 'other-embedder')
  })

  it('changes back, with what was taught since', async () => {
    await service.bring([await drawAnimal(COLOURS.red, { seed: 10 })], { taxonId: taxa['Danaus plexippus']! })
    await changeTo(TEST_EMBEDDER)
    const answer = await suggestFor(service, await drawAnimal(COLOURS.red, { seed: 98 }))
    assert.equal(answer.models.embedder.name, TEST_EMBEDDER)
    assert.equal(answer.detections[0]?.suggestions[0]?.evidence.examples, 5)
  })

  it('keeps the present one where the new one answers worse, until a person says yes', async () => {
    const { db, models } = service
    const { sha256: embedderSha256, manifest } = models.embedder
    const folder = join(service.folder, 'models')
    const weights = await readFile(join(folder, TEST_EMBEDDER, 'model.onnx'))
    const other = Buffer.concat([weights, Buffer.from([0x32, 1, 0x62])])
    await writeModel(folder, other, embedderManifest({ name: 'blind-embedder' }))
    const blind = createHash('sha256').update(other).digest('hex')
    await ensureModel(db, { sha256: blind, name: 'blind-embedder', kind: 'embedder', manifest: {} })
    const next = random(1)
    const vector = (at: number | null) => {
      const values = Float32Array.from({ length: manifest.dimensions }, (_, d) => next() + (d === at ? 3 : 0))
      const length = Math.hypot(...values)
      return values.map((value) => value / length)
    }
    for (let k = 0; k < 64; k++) {
      const { id } = await addMedia(db, photoFacts({ group: `many ${k}` }))
      const { detectionIds } = await storeAnalysis(
        db,
        id,
        { width: 40, height: 30, detections: [animal({ embedding: vector(k % 2) })] },
        { detectorSha256: models.detector.sha256, embedderSha256 },
      )
      const detectionId = detectionIds[0]!
      await insertEmbeddings(db, blind, [{ detectionId, embedding: vector(null) }])
      const taxonId = Number(taxa[k % 2 === 0 ? 'Danaus plexippus' : 'Aglais io'])
      await identify(db, { detectionId, taxonId, person: 'ada', basis: { kind: 'search' } })
    }
    await service.read(202, '/api/models/use', { json: { name: 'blind-embedder' } })
    await service.modelSwitch.settled()
    assert.deepEqual(await inUse(), [TEST_DETECTOR, TEST_EMBEDDER].sort())
    const { items } = await service.read<Listed>(200, '/api/models')
    const reasons = items.find(({ name }) => name === 'blind-embedder')?.refused ?? []
    assert.match(reasons.join(' '), /It names the species right in \d/)
    await service.read(202, '/api/models/use', { json: { name: 'blind-embedder', anyway: true } })
    await service.modelSwitch.settled()
    assert.ok((await inUse()).includes('blind-embedder'))
    await changeTo(TEST_EMBEDDER)
  })

  it('says what is wrong with a model that is not there, and keeps answering', async () => {
    const problem = await service.read<{ detail: string }>(422, '/api/models/use', { json: { name: 'nowhere' } })
    assert.match(problem.detail, /no model named nowhere/)
    assert.ok((await inUse()).includes(TEST_EMBEDDER))
  })
})
