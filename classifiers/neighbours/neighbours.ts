// The vote of the nearest exemplars: single photos still show what the mean of a species blurs.

/** An exemplar near a query; `similarity` is the cosine in the tree's metric, clamped to 0..1. */
export type Neighbour = { taxonId: number; similarity: number; group: string }

/** How many neighbours vote. More changed nothing on the library's training folds. */
export const VOTING_NEIGHBOURS = 15

/** Share of the vote per taxon. A neighbour of similarity s votes with weight exp(sharpness * (s - the nearest's)). */
export function vote(neighbours: readonly Neighbour[], sharpness: number): Map<number, number> {
  const nearest = neighbours.reduce((most, neighbour) => Math.max(most, neighbour.similarity), 0)
  const votes = new Map<number, number>()
  let total = 0
  for (const { taxonId, similarity } of neighbours) {
    const weight = Math.exp(sharpness * (similarity - nearest))
    votes.set(taxonId, (votes.get(taxonId) ?? 0) + weight)
    total += weight
  }
  for (const [taxonId, weight] of votes) votes.set(taxonId, weight / total)
  return votes
}

/** The most similar one; of equally similar ones, the one with the smallest taxon id. */
export function nearestOf(neighbours: readonly Neighbour[]): Neighbour | null {
  let nearest: Neighbour | null = null
  for (const neighbour of neighbours) {
    if (
      !nearest ||
      neighbour.similarity > nearest.similarity ||
      (neighbour.similarity === nearest.similarity && neighbour.taxonId < nearest.taxonId)
    ) {
      nearest = neighbour
    }
  }
  return nearest
}
