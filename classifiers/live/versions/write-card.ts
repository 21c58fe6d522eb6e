// Writes the card of a version when the version is made, and makes it again to see that the bytes are equal.

import type { Db } from '../../../db/connection/connect.ts'
import { listModels } from '../../../db/trees/models.ts'
import { latestPublished } from '../../../db/trees/trees.ts'
import { cardBefore, getVersionCard, versionTime, writeVersionCard } from '../../../db/trees/version-cards.ts'
import { type Card, cardOf, cardText, mentioned } from '../../evaluation/versions/card.ts'
import { rounded } from '../../evaluation/versions/figures.ts'
import type { KeptAnswers } from '../../evaluation/versions/kept-answers.ts'
import type { Statistics } from '../../statistics.ts'
import { decodeStatistics } from '../../statistics-bytes.ts'
import { thresholdFor } from '../../thresholds.ts'
import type { LiveTree } from '../live-tree.ts'
import { type Collected, sha256 } from './collect.ts'
import type { Estimated } from './estimate-in-process.ts'

type Made = {
  version: number
  modelSha256: string
  live: LiveTree
  collected: Collected
  estimated: Estimated
}

export async function writeCard(db: Db, made: Made, refused: boolean): Promise<void> {
  const { version, modelSha256, estimated } = made
  const { answers } = estimated
  await writeVersionCard(db, { version, modelSha256, card: await textOf(db, made), answers, refused })
}

/** What was written, which textOf or an earlier version of it made. */
export const readCard = ({ card }: { card: string }): Card => JSON.parse(card)
export const readAnswers = ({ answers }: { answers: unknown }) => answers as KeptAnswers // writeCard wrote them

async function textOf(db: Db, { version, modelSha256, live, collected, estimated }: Made): Promise<string> {
  const before = await cardBefore(db, version)
  const models = await listModels(db)
  const { figures, answers, verdict, statistics, judgedBy } = estimated
  const card = cardOf({
    ...{ version, figures, answers, verdict, judgedBy },
    createdAt: (await versionTime(db, version)).toISOString(),
    material: { ...collected.material, statisticsSha256: sha256(statistics) },
    settings: settingsOf(decodeStatistics(statistics)),
    modelNames: new Map(models.map(({ sha256, name }) => [sha256, name])),
    embedderSha256: modelSha256,
    before: before && { card: readCard(before), answers: readAnswers(before) },
  })
  const names = mentioned(card).map((id) => {
    const taxon = live.taxa.get(id)
    return { id, name: taxon?.name ?? 'a deleted taxon', rank: taxon?.rank ?? '' }
  })
  return cardText({ ...card, names })
}

const ASKED_AT = 0.9

function settingsOf(statistics: Statistics): Card['settings'] {
  const { dimensions, size, temperature, noveltyTemperature, noveltySharpness, noveltyBias, fusion } = statistics
  return {
    ...{ dimensions, metricDimensions: size },
    temperature: rounded(temperature),
    noveltyTemperature: rounded(noveltyTemperature),
    noveltySharpness: rounded(noveltySharpness),
    noveltyBias: rounded(noveltyBias),
    shareOfNeighbours: rounded(fusion.weight),
    shareOfRegression: rounded(fusion.regression),
    leastProbabilityFor90Percent: rounded(thresholdFor(statistics.thresholds, ASKED_AT).theta),
  }
}

export type Rebuilt = {
  /** The card made again is equal byte for byte. */
  equal: boolean
  /** What differs: a sentence for people, where it is not equal. */
  why: string | null
}

/** Nothing is written. `estimate`: as for publishing. Throws NotFound. */
export async function rebuildCard(
  db: Db,
  given: {
    version: number
    modelSha256: string
    live: LiveTree
    collect: (before: Awaited<ReturnType<typeof latestPublished>>) => Promise<Collected>
    estimate: (collected: Collected) => Promise<Estimated>
  },
): Promise<Rebuilt> {
  const { version, modelSha256, live } = given
  const row = await getVersionCard(db, version)
  const { material } = readCard(row)
  if (row.modelSha256 !== modelSha256)
    return { equal: false, why: 'Another embedder made it. Change to that one to make it again.' }
  const collected = await given.collect(await latestPublished(db, modelSha256, version))
  const same = (key: 'examplesSha256' | 'taxonomySha256' | 'referenceSha256') =>
    collected.material[key] === material[key]
  if (!same('examplesSha256'))
    return {
      equal: false,
      why: `The examples have changed since: there were ${material.examples}, now there are ${collected.material.examples}.`,
    }
  if (!same('taxonomySha256')) return { equal: false, why: 'The taxonomy has changed since.' }
  if (!same('referenceSha256')) return { equal: false, why: 'The statistics of the embedder have changed since.' }
  const estimated = await given.estimate(collected)
  const text = await textOf(db, { version, modelSha256, live, collected, estimated })
  return text === row.card ? { equal: true, why: null } : { equal: false, why: 'The same rows gave another card.' }
}
