// Whether the log of the taxonomy is complete: it is replayed into an empty taxonomy in memory, which is compared with
// the real one, taxon by taxon and field by field.

import { type Db, openDatabase } from '../../db/connection/connect.ts'
import { Conflict, NotFound } from '../../db/errors.ts'
import { applyEdit } from '../../db/taxonomy/edits.ts'
import { commands, taxonomyNow } from '../../db/taxonomy/log.ts'
import type { TaxonState } from '../../db/taxonomy/states.ts'
import { changedFields, readStates } from '../../db/taxonomy/states.ts'
import { MOST_DIFFERING, replaySchema, type TaxonomyReplay } from '../contract/taxonomy-import.ts'
import { jsonAnswer } from '../http/json.ts'
import { createGate } from '../http/load/gate.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'

const route = routesOf('Taxonomy')

const replayRoute = route('post /api/taxonomy/replay', 'Replay the log into an empty taxonomy and compare', {
  description: 'Uses a database of its own in memory: nothing is changed. Takes about as long as the edits took.',
  responses: { 200: jsonAnswer('How the two compare', replaySchema), ...problems(503) },
})

/** A replay takes a database's worth of memory. */
const ONE = {
  running: 1,
  waiting: 0,
  retryAfterSeconds: 30,
  refusal: 'The taxonomy is being replayed already. Try again when that is done.',
}

export function taxonomyReplayRoutes({ db }: Service) {
  const gate = createGate(ONE)
  return newRoutes().openapi(replayRoute, async (c) => c.json(await gate.run(() => replay(db)), 200))
}

export async function replay(db: Db): Promise<TaxonomyReplay> {
  const { states, editId } = await taxonomyNow(db)
  const empty = await openDatabase('memory:')
  try {
    let edits = 0
    let refused: TaxonomyReplay['refused'] = null
    for await (const { id, command } of commands(db, editId)) {
      try {
        await applyEdit(empty.db, { command, person: 'replay', taxaOnly: true })
        edits++
      } catch (error) {
        if (!(error instanceof Conflict || error instanceof NotFound)) throw error
        refused = { edit: String(id), message: error.message }
        break
      }
    }
    const found = differences(states, await readStates(empty.db, null))
    return {
      edits,
      taxa: states.length,
      equal: refused === null && found.length === 0,
      refused,
      differing: found.length,
      differences: found.slice(0, MOST_DIFFERING),
    }
  } finally {
    await empty.close()
  }
}

function differences(there: TaxonState[], replayed: TaxonState[]): TaxonomyReplay['differences'] {
  const others = new Map(replayed.map((state) => [state.id, state]))
  const found: TaxonomyReplay['differences'] = []
  const say = ({ id, name }: TaxonState, fields: string[]) => found.push({ taxon: String(id), name, fields })
  for (const state of there) {
    const other = others.get(state.id)
    others.delete(state.id)
    if (!other) say(state, [])
    else if (changedFields(state, other).length > 0) say(state, changedFields(state, other))
  }
  for (const state of others.values()) say(state, [])
  return found
}
