// Five folds for cross-validation that keep groups together. Nothing is random: the same examples fall into the same
// folds, in whatever order they come.

export const FOLDS = 5

/**
 * Deals the groups of each taxon round in the order of a hash of their names, so that each fold gets a fifth of each.
 */
export function foldsOf(examples: readonly { taxonId: number; group: string }[]): Uint8Array {
  const home = new Map<string, number>()
  for (const { taxonId, group } of examples) {
    const known = home.get(group)
    if (known === undefined || taxonId < known) home.set(group, taxonId)
  }
  const groups = [...home].map(([group, taxonId]) => ({ group, taxonId, hash: hash(group) }))
  groups.sort((a, b) => a.taxonId - b.taxonId || a.hash - b.hash || (a.group < b.group ? -1 : 1))
  const fold = new Map<string, number>()
  groups.forEach(({ group }, i) => {
    fold.set(group, i % FOLDS)
  })
  return Uint8Array.from(examples, ({ group }) => fold.get(group)!)
}

/** FNV-1a, 32 bits. */
export function hash(text: string): number {
  let value = 2166136261
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619)
  return value >>> 0
}
