// Taxa that a label may mean whose name nothing has: names that are spelt nearly so, here and in the bundled backbone.

import type { Db } from '../../../db/connection/connect.ts'
import { distance, mostWrong, nearNames, partsOf } from '../../../db/taxonomy/near-names.ts'
import type { Named } from '../../contract/exchange/reading.ts'
import {
  type BackboneTaxon,
  backboneTaxa,
  calledInBackbone,
  namesBackboneTaxon,
} from '../../interchange/backbone/backbone.ts'

type Near = Named['near'][number]

const MOST_NEAR = 3

/** Known taxa first, each kind nearest first. Nothing is near to a name of the backbone but itself. */
export async function didYouMean(db: Db, label: string): Promise<Near[]> {
  const text = label.toLowerCase()
  if (namesBackboneTaxon(text) !== null || calledInBackbone(text) !== null) return []
  const known = await nearNames(db, text, MOST_NEAR, true)
  const found: Near[] = known.map(({ name, commonName, rank }) => ({ name, commonName, rank }))
  for (const { name, commonName, rank } of nearInBackbone(text))
    if (!found.some((one) => one.name === name)) found.push({ name, commonName, rank })
  return found.slice(0, MOST_NEAR)
}

function nearInBackbone(text: string): BackboneTaxon[] {
  const wrong = mostWrong(text)
  if (wrong === null) return []
  const parts = partsOf(text, wrong)
  const away = (name: string | null) => {
    if (name === null || Math.abs(name.length - text.length) > wrong) return Number.POSITIVE_INFINITY
    const lower = name.toLowerCase()
    return parts.some((part) => lower.includes(part)) ? distance(text, lower) : Number.POSITIVE_INFINITY
  }
  return backboneTaxa()
    .map((taxon) => ({ taxon, away: Math.min(away(taxon.name), away(taxon.commonName)) }))
    .filter((one) => one.away <= wrong)
    .sort((a, b) => a.away - b.away)
    .slice(0, MOST_NEAR)
    .map(({ taxon }) => taxon)
}
