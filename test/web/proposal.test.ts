// What the page proposes for an animal, and that the heading says the same.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnsweredDetection } from '../../api/contract/suggestion.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import { proposalOf, sureStep } from '../../web/parts/answer/proposal.ts'
import { headingOf } from '../../web/parts/answer/words.ts'
import { percentText } from '../../web/parts/format.ts'

const taxon = (name: string, rank: Taxon['rank']): Taxon => ({ id: name, name, rank, commonName: null, path: [] })
const step = (name: string, rank: Taxon['rank'], probability: number): AnsweredDetection['path'][number] => ({
  taxon: taxon(name, rank),
  probability,
  novelty: 0,
})
const near = (strange: number, nothing = 0) => ({ similarity: 0.5, strange, nothing })
const crow = (genus: number, species: number, stopsAt: 'genus' | 'species' | null) => {
  const path = [step('Corvus', 'genus', genus), step('Corvus corax', 'species', species)]
  const at = path.find((one) => one.taxon.rank === stopsAt)
  return {
    path,
    stop:
      at === undefined
        ? null
        : { taxon: at.taxon, probability: at.probability, rule: 'cautious' as const, measured: null },
    nearness: near(0.01),
    source: 'detector' as AnsweredDetection['source'],
  }
}
const shown = {
  kind: 'animal',
  source: 'detector',
  taxon: null,
  conflict: false,
  mark: null,
  setAside: false,
} as const

const said = (answer: ReturnType<typeof crow>) => {
  const proposal = proposalOf(shown, answer)
  const heading = headingOf(answer, sureStep(answer))
  return [
    proposal.does === 'confirm' ? `confirm ${proposal.taxon.name}` : proposal.does,
    `${heading.adverb} ${heading.taxon?.name ?? heading.words} ${percentText(heading.probability ?? 0)}`,
  ]
}

test('the deepest name that is sure is proposed, and the heading says it', () => {
  assert.deepEqual(said(crow(0.99, 0.96, 'species')), ['confirm Corvus corax', 'surely Corvus corax 96 %'])
  assert.deepEqual(said(crow(0.99, 0.6, 'genus')), ['confirm Corvus', 'surely Corvus 99 %'])
  // A calibrated stop can lie where the number alone is low.
  assert.deepEqual(said(crow(0.8, 0.62, 'species')), ['confirm Corvus', 'probably Corvus 80 %'])
})

test('a name that is not sure is said but never proposed', () => {
  assert.deepEqual(said(crow(0.5, 0.12, null)), ['skip', 'perhaps Corvus 50 %'])
  assert.deepEqual(said(crow(0.6, 0.45, null)), ['skip', 'perhaps Corvus 60 %'])
  assert.deepEqual(said(crow(0.45, 0.4, null)), ['skip', 'null Nothing fits 0 %'])
  assert.deepEqual(said(crow(0.2, 0.12, null)), ['skip', 'null Nothing fits 0 %'])
  assert.deepEqual(said({ ...crow(0.99, 0.96, 'species'), nearness: near(0.9) }), [
    'skip',
    'probably unlike everything taught 90 %',
  ])
  assert.deepEqual(said({ ...crow(0.99, 0.96, 'species'), nearness: near(0.97, 0.96) }), [
    'skip',
    'surely no animal 96 %',
  ])
})

test('a photo without a box is marked as empty or skipped, never named by one key', () => {
  const unsure = { ...crow(0.6, 0.1, null), source: 'wholePhoto' as const, nearness: near(0.99) }
  assert.equal(headingOf(unsure, sureStep(unsure)).words, 'No animal was found')
  const whole = { ...shown, source: 'wholePhoto' } as const
  assert.deepEqual(proposalOf(whole, crow(0.99, 0.96, 'species')), { does: 'skip' })
  assert.deepEqual(proposalOf(whole, crow(0.2, 0.1, null)), { does: 'empty' })
  assert.deepEqual(proposalOf(whole, undefined), { does: 'skip' })
})

test('what is decided is agreed with or passed', () => {
  const raven = taxon('Corvus corax', 'species')
  const decided = { ...shown, taxon: raven }
  assert.deepEqual(proposalOf(decided, crow(0.2, 0.1, null)), { does: 'confirm', taxon: raven, probability: null })
  assert.deepEqual(proposalOf({ ...decided, conflict: true }, crow(0.2, 0.1, null)), { does: 'skip' })
  assert.deepEqual(proposalOf({ ...shown, mark: 'unknown' }, crow(0.99, 0.96, 'species')), { does: 'skip' })
  assert.deepEqual(proposalOf({ ...shown, kind: 'person' }, crow(0.99, 0.96, 'species')), { does: 'skip' })
})
