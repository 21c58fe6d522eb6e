// How statements of several people settle what an animal is. A pure function of who says what, so neither the order of
// the statements nor what was withdrawn in between matters, and undoing one gives exactly what was before.

/** What it takes until an animal teaches: one statement, two that agree, or one of an expert. */
export const AGREEMENTS = ['one', 'two', 'expert'] as const
export type Agreement = (typeof AGREEMENTS)[number]

/** A person's present statement. */
export type Vote = {
  taxonId: number
  /** It came with the photos: somebody decided to import it, so it counts until a person contradicts it. */
  imported: boolean
  /** It accepts a suggestion as it stands, which is no judgement of its own. */
  accepted: boolean
  expert: boolean
}

export type Settled = {
  /** What the animal teaches; null: nothing, or nothing yet. */
  taxonId: number | null
  /** People contradict each other, and it is not settled who is right. */
  conflict: boolean
}

/** A taxon needs more than this share of the voices for it and against it: iNaturalist's rule. */
const SHARE = 2 / 3
const VOICES = 2

/** From each taxon to its top, itself first. */
type Paths = Map<number, number[]>

const NOTHING: Settled = { taxonId: null, conflict: false }

export function settle(votes: readonly Vote[], rule: Agreement, paths: Paths): Settled {
  const taxa = (some: readonly Vote[]) => some.map(({ taxonId }) => taxonId)
  if (rule === 'one' || votes.every(({ imported }) => imported)) return reconcile(taxa(votes), paths)
  if (rule === 'expert') {
    const signed = votes.filter(({ expert }) => expert)
    return signed.length > 0 ? reconcile(taxa(signed), paths) : { ...NOTHING, conflict: contradict(taxa(votes), paths) }
  }
  return settleByVoices(votes, paths)
}

/**
 * What several statements teach together: the deepest taxon where all are on one path, else their lowest common
 * ancestor, which is a conflict (null where they have none). Paths run upwards and begin with the taxon itself.
 */
export function reconcile(taxonIds: readonly number[], paths: Paths): Settled {
  const said = [...new Set(taxonIds)]
  if (said.length === 0) return NOTHING
  const lengths = (id: number) => paths.get(id)?.length ?? 0
  const deepest = said.reduce((best, id) => (lengths(id) > lengths(best) ? id : best))
  const deepestPath = paths.get(deepest) ?? []
  if (said.every((id) => deepestPath.includes(id))) return { taxonId: deepest, conflict: false }
  const common = deepestPath.find((ancestor) => said.every((id) => paths.get(id)?.includes(ancestor)))
  return { taxonId: common ?? null, conflict: true }
}

const onOnePath = (paths: Paths, a: number, b: number) =>
  (paths.get(a) ?? []).includes(b) || (paths.get(b) ?? []).includes(a)

const contradict = (taxonIds: number[], paths: Paths) =>
  taxonIds.some((a) => taxonIds.some((b) => !onOnePath(paths, a, b)))

/**
 * The deepest taxon with two voices at or below it that outweigh those beside it. A coarser statement is on its way
 * there, and counts neither for it nor against it. All who accepted a suggestion are one voice, that of the suggestion.
 */
function settleByVoices(votes: readonly Vote[], paths: Paths): Settled {
  const pathOf = (id: number) => paths.get(id) ?? [id]
  const voices = (some: readonly Vote[]) =>
    some.filter(({ accepted }) => !accepted).length + (some.some(({ accepted }) => accepted) ? 1 : 0)
  const candidates = [...new Set(votes.flatMap(({ taxonId }) => pathOf(taxonId)))]
  const supported = candidates.filter((taxonId) => {
    const inside = voices(votes.filter((vote) => pathOf(vote.taxonId).includes(taxonId)))
    const beside = voices(votes.filter((vote) => !onOnePath(paths, vote.taxonId, taxonId)))
    return inside >= VOICES && inside > SHARE * (inside + beside)
  })
  // Two that are supported lie on one path, because each has more than two thirds.
  const settled = supported.reduce<number | null>(
    (best, id) => (best === null || pathOf(id).length > pathOf(best).length ? id : best),
    null,
  )
  const isDisputed = contradict(
    votes.map(({ taxonId }) => taxonId),
    paths,
  )
  const named = votes.some(({ taxonId }) => taxonId === settled)
  return { taxonId: settled, conflict: isDisputed && !named }
}
