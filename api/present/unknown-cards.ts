// Cards of unknown animals, each below the deepest taxon of which the answers for its animals are sure.

import { surelyIn } from '../../classifiers/unknowns/surely-in.ts'
import type { Db } from '../../db/connection/connect.ts'
import { listUnknownCards, type UnknownCard } from '../../db/statements/unknown-cards.ts'
import type { TaxonDeps } from './taxa.ts'

export async function readUnknownCards(
  { learning: { taxonomy } }: Pick<TaxonDeps, 'learning'>,
  db: Db,
  of: Parameters<typeof listUnknownCards>[1],
): Promise<UnknownCard[]> {
  const placed = ({ underId, stopIds }: UnknownCard) => {
    const under = underId === null ? null : taxonomy.taxon(underId)
    return surelyIn(under ? [...under.path, under].map(({ id }) => id) : [], stopIds, taxonomy.isWithin)
  }
  return (await listUnknownCards(db, of)).map((card) => ({ ...card, underId: placed(card) }))
}
