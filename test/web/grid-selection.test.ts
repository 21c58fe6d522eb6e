// Choosing crops and moving among them, against cases worked out by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { move } from '../../web/grid/moves.ts'
import { add, NOTHING, only, rangeTo, toggle, without } from '../../web/grid/selection.ts'

const order = ['a', 'b', 'c', 'd', 'e', 'f']
const chosen = (selection: { chosen: ReadonlySet<string> }) => [...selection.chosen].sort().join('')

/** From a place, by a key, to another place; null: the key does not move. */
function assertMoves(wall: Parameters<typeof move>[2], moves: readonly [number, string, number | null][]): void {
  for (const [from, key, to] of moves) assert.equal(move(from, key, wall), to, `${key} from ${from}`)
}

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
  assertMoves(wall, [
    [0, 'ArrowLeft', 0],
    [3, 'ArrowRight', 4],
    [9, 'ArrowRight', 9],
    [1, 'ArrowUp', 1],
    [5, 'ArrowUp', 1],
    [5, 'ArrowDown', 9],
    [7, 'ArrowDown', 9],
    [8, 'ArrowDown', 8],
  ])
})

test('pages, ends of a row and of the wall; other keys do not move', () => {
  const wall = { count: 100, columns: 5, rowsInSight: 4 }
  assertMoves(wall, [
    [12, 'PageDown', 27],
    [12, 'PageUp', 2],
    [97, 'PageDown', 99],
    [12, 'Home', 10],
    [12, 'End', 14],
    [12, 'Mod+Home', 0],
    [12, 'Mod+End', 99],
    [12, 'Enter', null],
  ])
})
