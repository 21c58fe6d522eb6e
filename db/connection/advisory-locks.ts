/**
 * Keys of the advisory locks by which processes exclude each other: numbers that nobody else locks in this database.
 */
export const ADVISORY_LOCKS = {
  migrate: 7_240_114_907,
  publish: 7_240_114_909,
  buildIndex: 7_240_114_911,
  questions: 7_240_114_913,
  agreement: 7_240_114_915,
  unknowns: 7_240_114_917,
  unlikelyBoxes: 7_240_114_919,
} as const
