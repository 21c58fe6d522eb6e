// Which taxa a search offers first, and how far a mistyped name is away.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distance } from '../../db/taxonomy/near-names.ts'
import { bestFirst } from '../../web/parts/taxon/best-first.ts'

const found = (name: string, commonName: string | null, exampleCount = 0, matched: string | null = null) => ({
  name,
  commonName,
  exampleCount,
  matched,
})

test('whole words come first, then what is taught', () => {
  const list = [
    found('Eulemur coronatus', 'crowned lemur', 40),
    found('Corvus corax', null),
    found('Corvus brachyrhynchos', 'American crow'),
    found('Corvus ossifragus', 'fish crow', 12),
    found('Corvus', 'crow'),
  ]
  assert.deepEqual(
    bestFirst(list, 'crow').map(({ name }) => name),
    ['Corvus', 'Corvus ossifragus', 'Corvus brachyrhynchos', 'Eulemur coronatus', 'Corvus corax'],
  )
})

test('a letter too many, too few, wrong or swapped is one step', () => {
  assert.deepEqual(
    [
      ['osselot', 'ocelot'],
      ['badgre', 'badger'],
      ['fox', 'fox'],
      ['lnyx', 'lynx'],
      ['', 'owl'],
    ].map(([a, b]) => distance(a!, b!)),
    [2, 1, 0, 1, 3],
  )
})
