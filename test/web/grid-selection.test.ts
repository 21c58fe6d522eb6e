// Choosing crops and moving among them, against cases worked out by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { move } from '../../web/grid/moves.ts'
import { add, NOTHING, only, rangeTo, toggle, without } from '../../web/grid/selection.ts'

const order = ['a', 'b', 'c', 'd', 'e', 'f']
const chosen = (selection: { chosen: ReadonlySet<string> }) => [...selection.chosen].sort().join('')

test('one, then more and fewer', () => {
  assert.equal(chosen(only('b')), 'b')
  assert.equal(chosen(toggle(toggle(only('b'), 'd'), 'b')), 'd')
  assert.equal(chosen(toggle(NOTHING, 'c')), 'c')
})

test('a range runs from the anchor either way, and a second range begins there again', () => {
  const to = rangeTo(only('c'), 'e', order)
  assert.equal(chosen(to), 'cde')
  assert.equal(chosen(rangeTo(to, 'a', order)), 'abc')
  assert.equal(chosen(rangeTo(toggle(only('a'), 'd'), 'e', order, true)), 'ade')
  assert.equal(chosen(rangeTo(NOTHING, 'b', order)), 'b')
  assert.equal(chosen(rangeTo(only('gone'), 'b', order)), 'b')
  assert.equal(chosen(rangeTo(only('b'), 'gone', order)), 'b')
})

test('what is added stays beside what was there; what is gone is no longer chosen', () => {
  const some = add(only('a'), ['c', 'd'])
  assert.equal(chosen(some), 'acd')
  const left = without(some, new Set(['a', 'f']))
  assert.equal(chosen(left), 'cd')
  assert.equal(left.anchor, null)
  assert.equal(without(some, new Set(['f'])), some)
})

test('arrows stay on the wall, also where its last row is short', () => {
  const wall = { count: 10, columns: 4, rowsInSight: 2 }
  assert.equal(move(0, 'ArrowLeft', wall), 0)
  assert.equal(move(3, 'ArrowRight', wall), 4)
  assert.equal(move(9, 'ArrowRight', wall), 9)
  assert.equal(move(1, 'ArrowUp', wall), 1)
  assert.equal(move(5, 'ArrowUp', wall), 1)
  assert.equal(move(5, 'ArrowDown', wall), 9)
  assert.equal(move(7, 'ArrowDown', wall), 9)
  assert.equal(move(8, 'ArrowDown', wall), 8)
})

test('pages, ends of a row and of the wall; other keys do not move', () => {
  const wall = { count: 100, columns: 5, rowsInSight: 4 }
  assert.equal(move(12, 'PageDown', wall), 27)
  assert.equal(move(12, 'PageUp', wall), 2)
  assert.equal(move(97, 'PageDown', wall), 99)
  assert.equal(move(12, 'Home', wall), 10)
  assert.equal(move(12, 'End', wall), 14)
  assert.equal(move(12, 'Mod+Home', wall), 0)
  assert.equal(move(12, 'Mod+End', wall), 99)
  assert.equal(move(12, 'Enter', wall), null)
})
