// Reads lists of taxa and applies them to a database.

import { strToU8 } from 'fflate'
import { DIFFERENCE_KINDS } from '../../../api/contract/taxonomy-import.ts'
import { readTaxonomyFile } from '../../../api/interchange/taxonomy-files.ts'
import { applyList } from '../../../api/taxonomy/apply-list.ts'
import type { Db } from '../../../db/connection/connect.ts'
import { readStates } from '../../../db/taxonomy/states.ts'

/** Applies everything that differs. */
export const allKinds = { kinds: DIFFERENCE_KINDS }

export function listsOn(db: Db) {
  const read = (content: string | Uint8Array, name = 'list.csv') =>
    readTaxonomyFile(typeof content === 'string' ? strToU8(content) : content, name, 'list')
  const bring = async (content: string | Uint8Array, choice: Parameters<typeof applyList>[2] = allKinds) =>
    await applyList(db, await read(content), choice, { person: 'ada', filename: 'list.csv' })

  /** Every taxon as 'class Aves > family Corvidae', sorted. */
  async function spelled(): Promise<string[]> {
    const states = (await readStates(db, null)).filter(({ mergedIntoId }) => mergedIntoId === null)
    const byId = new Map(states.map((state) => [state.id, state]))
    const spell = (id: number): string => {
      const { parentId, rank, name } = byId.get(id)!
      return `${parentId === null ? '' : `${spell(parentId)} > `}${rank} ${name}`
    }
    return states.map((state) => spell(state.id)).sort()
  }
  const stateOf = async (name: string) => (await readStates(db, null)).find((state) => state.name === name)
  return { read, bring, spelled, stateOf }
}
