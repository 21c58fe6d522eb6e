// A version of the tree that was refused: the summary says so and why, and a person may ask for it all the same.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Verdict } from '../../../classifiers/evaluation/gate.ts'
import { insertVersion, latestPublished } from '../../../db/trees/trees.ts'
import { openServiceWith } from '../../support/service.ts'

const { service, taxa } = await openServiceWith(['Danaus plexippus'])

type Summary = { refused: { version: number; reasons: string[]; mayAllow: boolean } | null; treeVersion: string }

test('the summary says which version was refused, and why', async () => {
  assert.equal((await service.read<Summary>(200, '/api/summary')).refused, null)
  const { sha256 } = service.models.embedder
  const published = await latestPublished(service.db, sha256)
  assert.ok(published)
  const verdict: Verdict = {
    decision: 'loses',
    reasons: [],
    losses: [{ taxonId: Number(taxa.Danaus), photos: 25, before: 0.8, candidate: 0.6 }],
    photos: 300,
    figures: [],
  }
  const { statistics } = published
  const version = await insertVersion(service.db, {
    ...{ modelSha256: sha256, statistics, lessons: 0, examples: 0, heldOut: 300, verdict },
  })
  const { refused, treeVersion } = await service.read<Summary>(200, '/api/summary')
  assert.deepEqual(refused, {
    version,
    reasons: ['Danaus is named right in 60.0 % instead of 80.0 % of 25 photos.'],
    mayAllow: true,
  })
  assert.equal(treeVersion, '0.0')
  const begun = await service.read<{ treeVersion: string }>(202, '/api/tree/publish', { json: { allowLosses: true } })
  assert.equal(begun.treeVersion, '0.0')
  await service.read(400, '/api/tree/publish', { json: {} })
})
