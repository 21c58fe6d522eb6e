// Where a card of unknown animals belongs. Cards are made by the tree's own evidence, which is bold while few taxa are
// taught: deer are new in the genus of the only foxes. The answers for the animals know better how strange they are.

/**
 * The last taxon of a path, top first, in which the answers for at least half of the animals stop; null where there is
 * none. `stops`: of the animals that have an answer; without any it is the last of the path.
 */
export function surelyIn(
  path: readonly number[],
  stops: readonly (number | null)[],
  isWithin: (id: number, aboveId: number) => boolean,
): number | null {
  const isSure = (id: number) => 2 * stops.filter((stop) => stop !== null && isWithin(stop, id)).length >= stops.length
  return path.findLast(isSure) ?? null
}
