// Versions over HTTP: the card, the report, and the photos behind each cell of the confusion matrix.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Confusions, JudgedPhotos, VersionCard, VersionHead } from '../../../api/contract/models/version.ts'
import { cardOf, cardText } from '../../../classifiers/evaluation/versions/card.ts'
import { figuresOfAnswers } from '../../../classifiers/evaluation/versions/figures.ts'
import type { JudgedPhoto } from '../../../classifiers/evaluation/versions/judged.ts'
import { keepAnswers } from '../../../classifiers/evaluation/versions/kept-answers.ts'
import { RANK_LEVELS } from '../../../db/schema.ts'
import { insertVersion, latestPublished, publishVersion } from '../../../db/trees/trees.ts'
import { writeVersionCard } from '../../../db/trees/version-cards.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { detectionOf, openServiceWith } from '../../support/service.ts'

const { service, taxa } = await openServiceWith(['Danaus plexippus', 'Danaus chrysippus', 'Vanessa atalanta'])
const id = (name: string) => Number(taxa[name])
const plexippus = id('Danaus plexippus')
const chrysippus = id('Danaus chrysippus')
const atalanta = id('Vanessa atalanta')
const genusOf = (species: number) => id(species === atalanta ? 'Vanessa' : 'Danaus')

const photos = await Promise.all(
  Object.values(COLOURS)
    .slice(0, 4)
    .map((colour) => drawAnimal(colour)),
)
const detectionIds: number[] = []
for (const item of await service.bring(photos)) detectionIds.push(Number((await detectionOf(service, item)).id))
const truths = [plexippus, plexippus, chrysippus, atalanta]

/** What a version says of the four photos. */
function answersOf(said: number[]): JudgedPhoto[] {
  return truths.map((taxonId, row) => {
    const at = (truth: number, told: number) => ({
      ...{ truth, said: told, probability: 0.8, right: truth === told, group: `g${row}` },
    })
    const species = at(taxonId, said[row]!)
    const ranks = { genus: at(genusOf(taxonId), genusOf(said[row]!)), species }
    return { row, taxonId, group: `g${row}`, ranks, stops: [null, null], novelty: 0, right: species.right }
  })
}

const { sha256: embedderSha256, name } = service.models.embedder
const published = await latestPublished(service.db, embedderSha256)
assert.ok(published)
const { statistics } = published

async function publish(said: number[], before: Parameters<typeof cardOf>[0]['before']) {
  const judged = answersOf(said)
  const version = await insertVersion(service.db, {
    ...{ modelSha256: embedderSha256, statistics, lessons: 0, examples: 4 },
  })
  const answers = keepAnswers(judged, detectionIds, RANK_LEVELS)
  const taxaOf = [plexippus, chrysippus, atalanta].map((taxonId) => ({ taxonId, examples: 1, bySource: { bulk: 1 } }))
  const card = {
    ...cardOf({
      ...{ version, answers, embedderSha256, before },
      createdAt: '2026-11-27T12:00:00.000Z',
      judgedBy: 'folds',
      figures: figuresOfAnswers(judged, RANK_LEVELS),
      settings: { temperature: 4 },
      verdict: null,
      modelNames: new Map([[embedderSha256, name]]),
      material: {
        ...{ examples: 4, groups: 4, taxa: taxaOf, bySource: { bulk: 4 }, detectors: [], used: 4, heldOut: 0 },
        ...{ examplesSha256: 'a', taxonomySha256: 'b', statisticsSha256: 'c', referenceSha256: 'd' },
      },
    }),
    names: [{ id: plexippus, name: 'Danaus <plexippus>', rank: 'species' }],
  }
  const row = { version, modelSha256: embedderSha256, card: cardText(card), answers, refused: false }
  await writeVersionCard(service.db, row)
  await publishVersion(service.db, version)
  return { version, card, answers }
}

const first = await publish([plexippus, chrysippus, plexippus, plexippus], null)
const second = await publish([plexippus, plexippus, atalanta, atalanta], first)
await service.learning.sync()

test('versions are listed, the newest first, with their accuracy', async () => {
  const { items } = await service.read<{ items: VersionHead[] }>(200, '/api/tree/versions')
  assert.deepEqual(
    items.map(({ version, current, refused }) => [version, current, refused]),
    [
      [second.version, true, false],
      [first.version, false, false],
    ],
  )
  assert.deepEqual(
    items[0]?.ranks.map(({ rank, right, photos: of }) => [rank, right, of]),
    [
      ['genus', 3, 4],
      ['species', 3, 4],
    ],
  )
})

test('a card says what changed since the version before, and is served as it is stored', async () => {
  const card = await service.read<VersionCard>(200, `/api/tree/versions/${second.version}`)
  assert.deepEqual(
    card.since?.ranks.map(({ rank, before, now, better, worse }) => [rank, before, now, better, worse]),
    [
      ['genus', 0.75, 0.75, 1, 1],
      ['species', 0.25, 0.75, 2, 0],
    ],
  )
  const file = await service.ask(`/api/tree/versions/${second.version}/card.json`)
  assert.equal(await file.text(), cardText(second.card))
  await service.read(404, '/api/tree/versions/999')
})

test('the report is one page without scripts, with its figures drawn, and escapes names', async () => {
  const answer = await service.ask(`/api/tree/versions/${second.version}/report.html`)
  const html = await answer.text()
  assert.match(html, /<svg/)
  assert.match(html, /Danaus &lt;plexippus&gt;/)
  assert.doesNotMatch(html, /<script|<link|https?:\/\/(?!www\.w3\.org)/)
})

test('every cell of the confusion matrix opens its photos, and mistakes have a severity', async () => {
  const address = `/api/tree/versions/${second.version}`
  const { cells, mistakes, right } = await service.read<Confusions>(200, `${address}/confusions?rank=species`)
  assert.equal(right, 3)
  assert.deepEqual(mistakes, [{ rank: null, photos: 1 }])
  for (const { truth, said, photos: of } of cells) {
    const query = `rank=species&truth=${truth?.id}&said=${said?.id}`
    const { total, items } = await service.read<JudgedPhotos>(200, `${address}/photos?${query}`)
    assert.deepEqual([total, items.length], [of, of])
  }
  const severe = await service.read<JudgedPhotos>(200, `${address}/photos?rank=species&shared=none`)
  assert.deepEqual(
    severe.items.map(({ detection }) => Number(detection.id)),
    [detectionIds[2]],
  )
  const near = await service.read<JudgedPhotos>(200, `/api/tree/versions/${first.version}/photos?shared=genus`)
  assert.equal(near.total, 2)
})

test('two versions stand side by side on the same photos', async () => {
  const of = async (change: string) =>
    await service.read<JudgedPhotos>(
      200,
      `/api/tree/versions/${second.version}/photos?rank=genus&against=${first.version}&change=${change}`,
    )
  const better = await of('better')
  assert.deepEqual(
    better.items.map(({ detection, before }) => [Number(detection.id), before?.said?.name]),
    [[detectionIds[3], 'Danaus']],
  )
  const worse = await of('worse')
  assert.deepEqual(
    worse.items.map(({ detection, said }) => [Number(detection.id), said?.name]),
    [[detectionIds[2], 'Vanessa']],
  )
  assert.equal(worse.paired?.gain, 0)
  await service.read(400, `/api/tree/versions/${second.version}/photos?change=worse`)
})
