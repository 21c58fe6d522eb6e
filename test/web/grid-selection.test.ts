// Choosing crops and moving among them, against cases worked out by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { move } from '../../web/grid/moves.ts'
import { add, NOTHING, only, rangeTo, toggle, without } from '../../web/grid/selection.ts'

const order = ['a', 'b', 'c', 'd', 'e', 'f']
const chosen = (selection: { chosen: ReadonlySet<string> }) => [...selection.chosen].sort().join('')

/** By key, from which place to which; null: the key does not move. */
function assertMoves(wall: Parameters<typeof move>[2], moves: Record<string, Record<number, number | null>>): void {
  for (const [key, places] of Object.entries(moves))
    for (const [from, to] of Object.entries(places))
      assert.equal(move(Number(from), key, wall), to, `${key} from ${from}`)
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
  assertMoves(wall, {
    ArrowLeft: { 0: 0 },
    ArrowRight: { 3: 4, 9: 9 },
    ArrowUp: { 1: 1, 5: 1 },
    ArrowDown: { 5: 9, 7: 9, 8: 8 },
  })
})

test('pages, ends of a row and of the wall; other keys do not move', () => {
  const wall = { count: 100, columns: 5, rowsInSight: 4 }
  assertMoves(wall, {
    PageDown: { 12: 27, 97: 99 },
    PageUp: { 12: 2 },
    Home: { 12: 10 },
    End: { 12: 14 },
    'Mod+Home': { 12: 0 },
    'Mod+End': { 12: 99 },
    Enter: { 12: null },
  })
})
