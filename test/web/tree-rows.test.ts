import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TaxonNode } from '../../api/contract/taxonomy.ts'
import { stepOf, typedRow, visibleRows } from '../../web/taxa/tree-rows.ts'

const node = (id: string, name: string, childCount = 0): TaxonNode => ({
  id,
  name,
  rank: 'genus',
  commonName: null,
  childCount,
  exampleCount: 0,
  active: true,
  needsPlacing: false,
  revision: 1,
})
const children = new Map([
  ['none', [node('1', 'Aves', 2), node('2', 'Mammalia', 1)]],
  ['1', [node('3', 'Corvidae', 1), node('4', 'Paridae')]],
  ['3', [node('5', 'Corvus')]],
])
const spelled = (open: string[]) =>
  visibleRows(children, new Set(open)).map(
    (row) => `${'-'.repeat(row.level)}${row.node.name} ${row.position}/${row.siblings}`,
  )

test('rows are those of open taxa, whose children are known', () => {
  assert.deepEqual(spelled([]), ['-Aves 1/2', '-Mammalia 2/2'])
  assert.deepEqual(spelled(['1', '3', '2']), [
    '-Aves 1/2',
    '--Corvidae 1/2',
    '---Corvus 1/1',
    '--Paridae 2/2',
    '-Mammalia 2/2',
  ])
  assert.deepEqual(spelled(['3']), ['-Aves 1/2', '-Mammalia 2/2'], 'below what is closed nothing shows')
})

test('keys move, open and close as in every tree', () => {
  const rows = visibleRows(children, new Set(['1']))
  const step = (key: string, at: number) => stepOf(key, rows, at, 10)
  assert.deepEqual(step('ArrowDown', 3), { kind: 'go', index: 3 })
  assert.deepEqual(step('ArrowUp', 0), { kind: 'go', index: 0 })
  assert.deepEqual(step('End', 0), { kind: 'go', index: 3 })
  assert.deepEqual(step('PageDown', 0), { kind: 'go', index: 3 })
  assert.deepEqual(step('ArrowRight', 0), { kind: 'go', index: 1 })
  assert.deepEqual(step('ArrowRight', 1), { kind: 'open', index: 1 })
  assert.equal(step('ArrowRight', 2), null)
  assert.deepEqual(step('ArrowLeft', 0), { kind: 'close', index: 0 })
  assert.deepEqual(step('ArrowLeft', 2), { kind: 'go', index: 0 })
  assert.equal(step('ArrowLeft', 3), null)
  assert.deepEqual(step('Enter', 2), { kind: 'choose', index: 2 })
  assert.equal(step('q', 2), null)
  assert.deepEqual(step('ArrowDown', -1), { kind: 'go', index: 0 })
  assert.equal(stepOf('ArrowDown', [], -1, 10), null)
})

test('letters look for names, around the end', () => {
  const rows = visibleRows(children, new Set(['1']))
  assert.equal(typedRow(rows, 0, 'm'), 3)
  assert.equal(typedRow(rows, 3, 'a'), 0)
  assert.equal(typedRow(rows, 1, 'co'), 1, 'going on with a word stays')
  assert.equal(typedRow(rows, 1, 'c'), 1, 'the only one')
  assert.equal(typedRow(rows, 1, 'x'), -1)
})
