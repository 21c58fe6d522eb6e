// All actions that have a key, in one table: what each does in words, its default keys, and where it works. Keys,
// buttons and the key sheet are built from this table.

/** Where an action works. A key can have different meanings in two places, but not within one. */
export type Place = 'review' | 'grid' | 'box' | 'repeats' | 'labels' | 'unknowns' | 'everywhere'
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

/** Actions of one place and one group, which the key sheet lists together. */
const at = <Name extends string>(place: Place, group: Group, own: Record<Name, Omit<Action, 'place' | 'group'>>) =>
  Object.fromEntries(
    Object.entries<Omit<Action, 'place' | 'group'>>(own).map(([name, action]) => [name, { ...action, place, group }]),
  ) as Record<Name, Action> // the keys are those of `own`

const table = {
  ...at('review', 'Decide', {
    confirm: { does: 'Do what the main button says and go to the next animal', keys: ['Enter'] },
    search: { does: 'Search for another taxon, or add one', keys: ['/', 'i'] },
    unknown: { does: 'Mark as unknown: cannot be identified', keys: ['u'] },
    notAnimal: { does: 'Mark as not an animal', keys: ['x'] },
    empty: { does: 'Mark the whole photo as empty', keys: ['b'] },
    person: { does: 'Mark as a person', keys: ['p'] },
    vehicle: { does: 'Mark as a vehicle', keys: ['w'] },
    burst: { does: 'Confirm the whole burst; asks where it is unsure', keys: ['e'] },
    observeBurst: { does: 'Observe the whole burst: count, sex, stage and more in one step', keys: ['o'] },
    flag: { does: 'Flag for another look', keys: ['f'] },
    count: { does: 'Count the animals: then a number', keys: ['k'] },
    note: { does: 'Write a note', keys: ['n'] },
  }),
  ...at('everywhere', 'Decide', {
    undo: { does: 'Undo', keys: ['Mod+z'] },
    redo: { does: 'Redo', keys: ['Mod+Shift+z', 'Mod+y'] },
  }),
  ...at('review', 'Move', {
    next: { does: 'Skip to the next animal', keys: ['ArrowRight'], repeats: true },
    previous: { does: 'Go back to the previous animal', keys: ['ArrowLeft'], repeats: true },
    rivalBelow: { does: 'Select the suggestion below', keys: ['ArrowDown'], repeats: true },
    rivalAbove: { does: 'Select the suggestion above', keys: ['ArrowUp'], repeats: true },
    nextAnimal: { does: 'Next animal in this photo', keys: [']'] },
    previousAnimal: { does: 'Previous animal in this photo', keys: ['['] },
    similar: { does: 'Show the neighbours of this animal in the grid; Esc comes back', keys: ['s'] },
    queues: { does: 'Choose a queue', keys: ['q'] },
  }),
  ...at('review', 'Look', {
    wholePhoto: { does: 'Switch between animal and whole photo', keys: ['z'] },
    compare: { does: 'Compare side by side with known photos', keys: ['c'] },
    nextKnown: { does: 'Next known photo in the comparison', keys: ['v'] },
    zoomIn: { does: 'Zoom in', keys: ['+', '='], repeats: true },
    zoomOut: { does: 'Zoom out', keys: ['-'], repeats: true },
    panLeft: { does: 'Pan left', keys: ['Shift+ArrowLeft'], repeats: true },
    panRight: { does: 'Pan right', keys: ['Shift+ArrowRight'], repeats: true },
    panUp: { does: 'Pan up', keys: ['Shift+ArrowUp'], repeats: true },
    panDown: { does: 'Pan down', keys: ['Shift+ArrowDown'], repeats: true },
    brighter: { does: 'Brighter', keys: ['.'], repeats: true },
    darker: { does: 'Darker', keys: [','], repeats: true },
    moreContrast: { does: 'More contrast', keys: ['>'], repeats: true },
    lessContrast: { does: 'Less contrast', keys: ['<'], repeats: true },
    asTaken: { does: 'Reset zoom, brightness and contrast', keys: ['0'] },
  }),
  ...at('review', 'Boxes', {
    drawBox: { does: 'Draw a box around another animal', keys: ['d'] },
    changeBox: { does: 'Move or resize this box', keys: ['m'] },
    deleteBox: { does: 'Delete this box', keys: ['Delete', 'Backspace'] },
  }),
  ...at('box', 'Boxes', {
    saveBox: { does: 'While drawing: save the box', keys: ['Enter'] },
    leaveBox: { does: 'While drawing: cancel', keys: ['Escape'] },
    boxLeft: { does: 'While drawing: move left', keys: ['ArrowLeft'], repeats: true },
    boxRight: { does: 'While drawing: move right', keys: ['ArrowRight'], repeats: true },
    boxUp: { does: 'While drawing: move up', keys: ['ArrowUp'], repeats: true },
    boxDown: { does: 'While drawing: move down', keys: ['ArrowDown'], repeats: true },
    boxNarrower: { does: 'While drawing: narrower', keys: ['Shift+ArrowLeft'], repeats: true },
    boxWider: { does: 'While drawing: wider', keys: ['Shift+ArrowRight'], repeats: true },
    boxLower: { does: 'While drawing: shorter', keys: ['Shift+ArrowUp'], repeats: true },
    boxHigher: { does: 'While drawing: taller', keys: ['Shift+ArrowDown'], repeats: true },
  }),
  ...at('grid', 'Move', {
    leaveNeighbours: { does: 'From the neighbours of an animal back to it', keys: ['Escape'] },
  }),
  ...at('repeats', 'Decide', {
    repeatNothing: { does: 'The same place again: no animals', keys: ['x'] },
    repeatAnimal: { does: 'The same place again: animals', keys: ['a'] },
    repeatSkip: { does: 'The same place again: ask later', keys: ['ArrowRight'] },
  }),
  ...at('labels', 'Decide', {
    relabel: { does: 'Doubted labels: correct these labels', keys: ['Enter'] },
    keepLabel: { does: 'Doubted labels: these labels are right', keys: ['k'] },
    laterLabel: { does: 'Doubted labels: the next ones', keys: ['ArrowRight'] },
    earlierLabel: { does: 'Doubted labels: the ones before', keys: ['ArrowLeft'] },
  }),
  ...at('unknowns', 'Decide', {
    nameCard: { does: 'Unknown animals: name the card', keys: ['Enter', 'n'] },
    joinCard: { does: 'Unknown animals: join with the card before', keys: ['j'] },
    splitCard: { does: 'Unknown animals: chosen crops become a card', keys: ['s'] },
    nothingOnCard: { does: 'Unknown animals: none of these is an animal', keys: ['x'] },
    dismissCard: { does: 'Unknown animals: dismiss the card', keys: ['d'] },
    nextCard: { does: 'Unknown animals: next card', keys: ['ArrowRight'] },
    previousCard: { does: 'Unknown animals: card before', keys: ['ArrowLeft'] },
  }),
  ...at('everywhere', 'Everywhere', {
    help: { does: 'Show this list', keys: ['?'] },
  }),
}

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
