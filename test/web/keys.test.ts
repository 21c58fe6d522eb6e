// Keys: their names for events as browsers send them, the stored changes, and keys with two meanings.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionNames, actions, meet } from '../../web/keys/actions.ts'
import {
  bindingsFrom,
  defaults,
  isChanged,
  rebind,
  release,
  restore,
  rivalsOf,
  textOf,
} from '../../web/keys/bindings.ts'
import { capsOf, nameOf, type Pressed, spokenKey } from '../../web/keys/key-names.ts'

const press = (key: string, code: string, held: Partial<Pressed> & { altGraph?: boolean } = {}): Pressed => ({
  key,
  code,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  getModifierState: (name) => name === 'AltGraph' && held.altGraph === true,
  ...held,
})

test('a key is named by its character, a digit with Shift by its place', () => {
  assert.equal(nameOf(press('z', 'KeyZ')), 'z')
  assert.equal(nameOf(press('Z', 'KeyZ', { shiftKey: true })), 'z')
  assert.equal(nameOf(press('/', 'Slash')), '/')
  assert.equal(nameOf(press('?', 'Slash', { shiftKey: true })), '?')
  assert.equal(nameOf(press('@', 'Digit2', { shiftKey: true })), 'Shift+2')
  assert.equal(nameOf(press('"', 'Digit2', { shiftKey: true })), 'Shift+2')
  assert.equal(nameOf(press('2', 'Numpad2')), '2')
  assert.equal(nameOf(press('ArrowLeft', 'ArrowLeft', { shiftKey: true })), 'Shift+ArrowLeft')
  assert.equal(nameOf(press(' ', 'Space')), 'Space')
})

test('Ctrl and Cmd are one; AltGr is neither; a modifier alone is no key', () => {
  assert.equal(nameOf(press('z', 'KeyZ', { ctrlKey: true })), 'Mod+z')
  assert.equal(nameOf(press('Z', 'KeyZ', { metaKey: true, shiftKey: true })), 'Mod+Shift+z')
  assert.equal(nameOf(press('[', 'Digit8', { ctrlKey: true, altGraph: true })), '[')
  assert.equal(nameOf(press('Shift', 'ShiftLeft', { shiftKey: true })), null)
})

test('names are printed as caps, also the plus itself', () => {
  assert.deepEqual(capsOf('Mod+Shift+z'), ['Ctrl', '⇧', 'Z'])
  assert.deepEqual(capsOf('Mod+z', true), ['⌘', 'Z'])
  assert.deepEqual(capsOf('+'), ['+'])
  assert.deepEqual(capsOf('Mod++'), ['Ctrl', '+'])
  assert.deepEqual(capsOf('Shift+ArrowUp'), ['⇧', '↑'])
  assert.equal(spokenKey('Shift+ArrowUp'), 'Shift+Up arrow')
})

test('the keys people know from other systems are there from the start', () => {
  const known: Record<string, string> = {
    Enter: 'confirm',
    '/': 'search',
    i: 'search',
    u: 'unknown',
    x: 'notAnimal',
    b: 'empty',
    p: 'person',
    w: 'vehicle',
    e: 'burst',
    s: 'similar',
    c: 'compare',
    z: 'wholePhoto',
    f: 'flag',
    ArrowRight: 'next',
    ArrowLeft: 'previous',
    'Mod+z': 'undo',
    'Mod+Shift+z': 'redo',
    '?': 'help',
    '9': 'pick9',
    'Shift+7': 'rank7',
  }
  for (const [key, name] of Object.entries(known)) {
    const listening = actionNames.filter((one) => actions[one].place !== 'box' && defaults[one].includes(key))
    // The name is compared with the table itself.
    assert.ok(listening.includes(name as (typeof actionNames)[number]), `${key} should do ${name}`)
  }
})

test('no key means two things in one place, and every action has words and a key', () => {
  for (const name of actionNames) {
    assert.deepEqual(rivalsOf(defaults, name), [], name)
    assert.ok(actions[name].does.length > 0 && defaults[name].length > 0, name)
  }
})

test('only what differs is kept, and comes back', () => {
  assert.equal(textOf(defaults), '{}')
  const changed = rebind(defaults, 'compare', 'w')
  assert.equal(textOf(changed), '{"compare":["w"]}')
  assert.deepEqual(bindingsFrom(textOf(changed)), changed)
  assert.ok(isChanged(changed, 'compare'))
  assert.deepEqual(restore(changed, 'compare'), defaults)
})

test('what cannot be read, or no longer exists, is passed over', () => {
  for (const text of [null, '', 'no json', '3', 'null', '[]', '{"gone":["q"],"compare":"w","note":[""]}'])
    assert.deepEqual(bindingsFrom(text), defaults, String(text))
})

test('a key given twice is seen from both sides until one lets go', () => {
  const twice = rebind(defaults, 'flag', 'c')
  assert.deepEqual(rivalsOf(twice, 'flag'), [{ key: 'c', other: 'compare' }])
  assert.deepEqual(rivalsOf(twice, 'compare'), [{ key: 'c', other: 'flag' }])
  const once = release(twice, 'compare', 'c')
  assert.deepEqual(once.compare, [])
  assert.deepEqual(rivalsOf(once, 'flag'), [])
  assert.deepEqual(bindingsFrom(textOf(once)).compare, [])
})

test('places that are never on the screen together do not compete; everywhere competes with all', () => {
  assert.ok(!meet('confirm', 'saveBox'))
  assert.deepEqual(
    rivalsOf(rebind(defaults, 'undo', 'Enter'), 'undo')
      .map((r) => r.other)
      .sort(),
    ['confirm', 'nameCard', 'relabel', 'saveBox'],
  )
})
