// All actions that have a key, in one table: what each does in words, its default keys, and where it works. Keys,
// buttons and the key sheet are built from this table.

/** Where an action works. A key can have different meanings in two places, but not within one. */
export type Place = 'review' | 'grid' | 'box' | 'everywhere'
export const groups = ['Decide', 'Move', 'Look', 'Boxes', 'Everywhere'] as const
export type Group = (typeof groups)[number]

type Action = {
  does: string
  group: Group
  place: Place
  keys: readonly string[]
  /** Whether holding the key down repeats the action. */
  repeats?: true
}

const series = <Name extends string>(
  name: Name,
  length: number,
  action: (n: number) => Action,
): Record<`${Name}${number}`, Action> =>
  Object.fromEntries(Array.from({ length }, (_, i) => [`${name}${i + 1}`, action(i + 1)])) as Record<
    `${Name}${number}`,
    Action
  > // the keys are made of Name and a number right here

const table = {
  confirm: {
    does: 'Confirm the selected suggestion and go to the next animal',
    group: 'Decide',
    place: 'review',
    keys: ['Enter'],
  },
  search: { does: 'Search for another taxon, or add one', group: 'Decide', place: 'review', keys: ['/', 'i'] },
  unknown: { does: 'Mark as unknown: cannot be identified', group: 'Decide', place: 'review', keys: ['u'] },
  notAnimal: { does: 'Mark as not an animal', group: 'Decide', place: 'review', keys: ['x'] },
  empty: { does: 'Mark the whole photo as empty', group: 'Decide', place: 'review', keys: ['b'] },
  burst: { does: 'Confirm the whole burst', group: 'Decide', place: 'review', keys: ['e'] },
  flag: { does: 'Flag for another look', group: 'Decide', place: 'review', keys: ['f'] },
  note: { does: 'Write a note', group: 'Decide', place: 'review', keys: ['n'] },
  undo: { does: 'Undo', group: 'Decide', place: 'everywhere', keys: ['Mod+z'] },
  redo: { does: 'Redo', group: 'Decide', place: 'everywhere', keys: ['Mod+Shift+z', 'Mod+y'] },

  next: {
    does: 'Skip to the next animal',
    group: 'Move',
    place: 'review',
    keys: ['ArrowRight'],
    repeats: true,
  },
  previous: {
    does: 'Go back to the previous animal',
    group: 'Move',
    place: 'review',
    keys: ['ArrowLeft'],
    repeats: true,
  },
  rivalBelow: {
    does: 'Select the suggestion below',
    group: 'Move',
    place: 'review',
    keys: ['ArrowDown'],
    repeats: true,
  },
  rivalAbove: { does: 'Select the suggestion above', group: 'Move', place: 'review', keys: ['ArrowUp'], repeats: true },
  nextAnimal: { does: 'Next animal in this photo', group: 'Move', place: 'review', keys: [']'] },
  previousAnimal: { does: 'Previous animal in this photo', group: 'Move', place: 'review', keys: ['['] },
  similar: { does: 'Show look-alikes in the grid', group: 'Move', place: 'review', keys: ['s'] },
  queues: { does: 'Choose a queue', group: 'Move', place: 'review', keys: ['q'] },

  wholePhoto: { does: 'Switch between animal and whole photo', group: 'Look', place: 'review', keys: ['z'] },
  compare: { does: 'Compare side by side with known photos', group: 'Look', place: 'review', keys: ['c'] },
  nextKnown: { does: 'Next known photo in the comparison', group: 'Look', place: 'review', keys: ['v'] },
  zoomIn: { does: 'Zoom in', group: 'Look', place: 'review', keys: ['+', '='], repeats: true },
  zoomOut: { does: 'Zoom out', group: 'Look', place: 'review', keys: ['-'], repeats: true },
  panLeft: { does: 'Pan left', group: 'Look', place: 'review', keys: ['Shift+ArrowLeft'], repeats: true },
  panRight: { does: 'Pan right', group: 'Look', place: 'review', keys: ['Shift+ArrowRight'], repeats: true },
  panUp: { does: 'Pan up', group: 'Look', place: 'review', keys: ['Shift+ArrowUp'], repeats: true },
  panDown: { does: 'Pan down', group: 'Look', place: 'review', keys: ['Shift+ArrowDown'], repeats: true },
  brighter: { does: 'Brighter', group: 'Look', place: 'review', keys: ['.'], repeats: true },
  darker: { does: 'Darker', group: 'Look', place: 'review', keys: [','], repeats: true },
  moreContrast: { does: 'More contrast', group: 'Look', place: 'review', keys: ['>'], repeats: true },
  lessContrast: { does: 'Less contrast', group: 'Look', place: 'review', keys: ['<'], repeats: true },
  asTaken: { does: 'Reset zoom, brightness and contrast', group: 'Look', place: 'review', keys: ['0'] },

  drawBox: { does: 'Draw a box around another animal', group: 'Boxes', place: 'review', keys: ['d'] },
  changeBox: { does: 'Move or resize this box', group: 'Boxes', place: 'review', keys: ['m'] },
  deleteBox: { does: 'Delete this box', group: 'Boxes', place: 'review', keys: ['Delete', 'Backspace'] },
  saveBox: { does: 'While drawing: save the box', group: 'Boxes', place: 'box', keys: ['Enter'] },
  leaveBox: { does: 'While drawing: cancel', group: 'Boxes', place: 'box', keys: ['Escape'] },
  boxLeft: { does: 'While drawing: move left', group: 'Boxes', place: 'box', keys: ['ArrowLeft'], repeats: true },
  boxRight: { does: 'While drawing: move right', group: 'Boxes', place: 'box', keys: ['ArrowRight'], repeats: true },
  boxUp: { does: 'While drawing: move up', group: 'Boxes', place: 'box', keys: ['ArrowUp'], repeats: true },
  boxDown: { does: 'While drawing: move down', group: 'Boxes', place: 'box', keys: ['ArrowDown'], repeats: true },
  boxNarrower: {
    does: 'While drawing: narrower',
    group: 'Boxes',
    place: 'box',
    keys: ['Shift+ArrowLeft'],
    repeats: true,
  },
  boxWider: { does: 'While drawing: wider', group: 'Boxes', place: 'box', keys: ['Shift+ArrowRight'], repeats: true },
  boxLower: { does: 'While drawing: shorter', group: 'Boxes', place: 'box', keys: ['Shift+ArrowUp'], repeats: true },
  boxHigher: { does: 'While drawing: taller', group: 'Boxes', place: 'box', keys: ['Shift+ArrowDown'], repeats: true },

  help: { does: 'Show this list', group: 'Everywhere', place: 'everywhere', keys: ['?'] },
} as const satisfies Record<string, Action>

const numbered = {
  ...series('pick', 9, (n) => ({
    does: `Select suggestion ${n}`,
    group: 'Decide',
    place: 'review',
    keys: [String(n)],
  })),
  ...series('rank', 8, (n) => ({
    does: `Confirm at rank ${n} of the path`,
    group: 'Decide',
    place: 'review',
    keys: [`Shift+${n}`],
  })),
}

export type ActionName = keyof typeof table | keyof typeof numbered

export const actions = { ...table, ...numbered } as Record<ActionName, Action> // both tables, with their names
export const actionNames = Object.keys(actions) as ActionName[] // the record's own keys

/** The numbered actions, in order. */
export const picks = actionNames.filter((name) => /^pick\d$/.test(name))
export const rankConfirms = actionNames.filter((name) => /^rank\d$/.test(name))

/** Actions that differ only by a number share one row of the key sheet. */
export const families: readonly { does: string; names: readonly ActionName[] }[] = [
  { does: 'Select a suggestion', names: picks },
  { does: 'Confirm at a rank of the path, from the top', names: rankConfirms },
]

/** Whether two actions can compete for a key. While a box is drawn, only the actions of boxes work. */
export function meet(one: ActionName, other: ActionName): boolean {
  const [a, b] = [actions[one].place, actions[other].place]
  return a === b || a === 'everywhere' || b === 'everywhere'
}
