// Probabilities in words, against sentences worked out by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnsweredDetection } from '../../api/contract/suggestion.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import {
  adverbOf,
  certaintyOf,
  guessOf,
  isNothing,
  isUnlikeTaught,
  noveltySaying,
  sayings,
} from '../../web/parts/answer/words.ts'
import { probabilityText } from '../../web/parts/format.ts'

const taxon = (name: string, rank: Taxon['rank']): Taxon => ({ id: '1', name, rank, commonName: null, path: [] })
const step = (name: string, rank: Taxon['rank'], probability: number): AnsweredDetection['path'][number] => ({
  taxon: taxon(name, rank),
  probability,
  novelty: 0,
})
const said = (path: AnsweredDetection['path']) => sayings(path).map((s) => `${s.adverb} ${s.taxon.name}`)

test('each adverb names the deepest taxon it holds for', () => {
  const path = [
    step('Aves', 'class', 0.999),
    step('Parulidae', 'family', 0.96),
    step('Setophaga', 'genus', 0.84),
    step('Setophaga citrina', 'species', 0.55),
  ]
  assert.deepEqual(said(path), ['surely Parulidae', 'probably Setophaga', 'perhaps Setophaga citrina'])
})

test('what is sure to the end is said in two words, what fits nothing in none', () => {
  assert.deepEqual(said([step('Danaus', 'genus', 0.98), step('Danaus plexippus', 'species', 0.97)]), [
    'surely Danaus plexippus',
  ])
  assert.deepEqual(said([step('Aves', 'class', 0.2)]), [])
  assert.deepEqual(said([]), [])
})

test('novelty names the rank below and stays silent when it is improbable', () => {
  const under = taxon('Setophaga', 'genus')
  assert.deepEqual(noveltySaying({ under, probability: 0.4 }), {
    strength: 'May be',
    what: 'a species',
    within: under,
    probability: 0.4,
  })
  assert.equal(noveltySaying({ under: taxon('Aves', 'class'), probability: 0.7 })?.what, 'an order')
  assert.equal(noveltySaying({ under: taxon('Aves', 'class'), probability: 0.7 })?.strength, 'Probably')
  assert.equal(noveltySaying({ under: null, probability: 0.3 })?.what, 'a class')
  assert.equal(noveltySaying({ under, probability: 0.05 }), null)
  assert.equal(noveltySaying(null), null)
})

test('one probability has one adverb, one colour and a number that is never rounded to certainty', () => {
  assert.deepEqual([0.99, 0.8, 0.1].map(adverbOf), ['surely', 'probably', 'perhaps'])
  assert.deepEqual([0.99, 0.5, 0.1].map(certaintyOf), ['sure', 'unsure', 'weak'])
  assert.deepEqual([1, 0.999, 0.874, 0.001, 0].map(probabilityText), ['1.00', '>0.99', '0.87', '<0.01', '0.00'])
})

test('a name is a guess only where it is not as good as excluded', () => {
  const danaus = taxon('Danaus', 'genus')
  const said = (probability: number) => ({
    suggestion: {
      taxon: danaus,
      stop: null,
      probability,
      novelty: 0,
      ownProbability: null,
      disagreement: 0,
      treeVersion: '1.0',
    },
  })
  assert.deepEqual([said(0.3), said(0.004), { suggestion: null }].map(guessOf), [danaus, null, null])
})

test('an animal that is more probably unlike everything taught is said to be so', () => {
  assert.equal(isUnlikeTaught({ nearness: { strange: 0.9 } }), true)
  assert.equal(isUnlikeTaught({ nearness: { strange: 0.1 } }), false)
  assert.equal(isNothing({ nearness: { nothing: 0.6 } }), true)
  assert.equal(isNothing({ nearness: { nothing: 0.4 } }), false)
  assert.equal(isNothing({ nearness: null }), false)
  assert.equal(isUnlikeTaught({ nearness: null }), false)
})
