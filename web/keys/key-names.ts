// What a pressed key is called, and how that name is printed. Names: the character (`z`, `/`, `?`), a named key (`Enter`,
// `ArrowLeft`), `Shift+1`..`Shift+9`, `Shift+ArrowUp`, `Mod+z` (Ctrl, or Cmd on a Mac), `Mod+Shift+z`.

/** The parts of a KeyboardEvent that make a name. */
export type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'getModifierState'>

/** Keys that only change others; pressed alone they are no name. */
const MODIFIERS: ReadonlySet<string> = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead'])

export function nameOf(event: Pressed): string | null {
  if (MODIFIERS.has(event.key)) return null
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1]
  // AltGr writes characters such as [ on many keyboards, and Windows reports it as Ctrl and Alt.
  const mod = (event.ctrlKey || event.metaKey) && !event.getModifierState('AltGraph') ? 'Mod+' : ''
  // By its place: with Shift a digit's character is another one on every keyboard.
  if (digit !== undefined && (event.key === digit || event.shiftKey))
    return `${mod}${event.shiftKey ? 'Shift+' : ''}${digit}`
  const named = event.key.length > 1 || event.key === ' '
  const shift = event.shiftKey && (named || mod !== '') ? 'Shift+' : ''
  return `${mod}${shift}${event.key === ' ' ? 'Space' : named ? event.key : event.key.toLowerCase()}`
}

const PRINTED: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Delete: 'Del',
  Backspace: '⌫',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Shift: '⇧',
}

/** The caps to press together, as they are printed: `Mod+Shift+z` is Ctrl ⇧ Z, on a Mac ⌘ ⇧ Z. */
export function capsOf(name: string, mac = false): string[] {
  // The plus sign is a key too: it is whatever follows the last joining plus.
  const parts = name.endsWith('+') ? [...name.slice(0, -1).split('+').filter(Boolean), '+'] : name.split('+')
  return parts.map((part) =>
    part === 'Mod' ? (mac ? '⌘' : 'Ctrl') : (PRINTED[part] ?? (part.length === 1 ? part.toUpperCase() : part)),
  )
}

const SPOKEN: Record<string, string> = {
  '←': 'Left arrow',
  '→': 'Right arrow',
  '↑': 'Up arrow',
  '↓': 'Down arrow',
  '⇧': 'Shift',
}

/** The same in words, for titles and screen readers: "Ctrl+Shift+Z". */
export const spokenKey = (name: string, mac = false): string =>
  capsOf(name, mac)
    .map((cap) => SPOKEN[cap] ?? cap)
    .join('+')
