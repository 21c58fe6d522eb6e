// Names of keys and how they are printed. A name is a character (`z`, `/`, `?`), a named key (`Enter`, `ArrowLeft`),
// `Shift+1`..`Shift+9`, `Shift+ArrowUp`, `Mod+z` (Ctrl, or Cmd on a Mac) or `Mod+Shift+z`.

/** The parts of a KeyboardEvent that determine the name. */
export type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'getModifierState'>

/** Keys that only modify others have no name when pressed alone. */
const MODIFIERS: ReadonlySet<string> = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead'])

export function nameOf(event: Pressed): string | null {
  if (MODIFIERS.has(event.key)) return null
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1]
  // AltGr types characters such as [ on many keyboards, and Windows reports it as Ctrl and Alt.
  const mod = (event.ctrlKey || event.metaKey) && !event.getModifierState('AltGraph') ? 'Mod+' : ''
  // Named by position: with Shift, digits type different characters on different keyboards.
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

/** The keys to press together, as printed: `Mod+Shift+z` is Ctrl ⇧ Z, or ⌘ ⇧ Z on a Mac. */
export function capsOf(name: string, mac = false): string[] {
  // The plus sign can be a key itself: the part after the last joining plus.
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

/** The same in words for titles and screen readers: "Ctrl+Shift+Z". */
export const spokenKey = (name: string, mac = false): string =>
  capsOf(name, mac)
    .map((cap) => SPOKEN[cap] ?? cap)
    .join('+')
