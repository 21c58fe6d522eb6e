// Actions on many animals at once: confirming, marking, and undoing each of these as one step.

import type { Action } from '../../api/contract/action.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import { counted } from '../parts/format.ts'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { type AnyMark, burstOf, MOST_AT_ONCE, markMany } from '../server/bulk.ts'
import { teachMany } from '../server/identifications.ts'
import { redo, step, undo } from '../teaching/teaching.ts'
import { add } from './selection.ts'
import type { WallState } from './wall-state.ts'

const alreadySo: Record<AnyMark, string> = {
  unknown: 'Already marked as unknown',
  notAnimal: 'Already marked as no animal',
  person: 'Already marked as a person',
  vehicle: 'Already marked as a vehicle',
  empty: 'Already marked as empty',
  unusable: 'Already marked as unusable',
  favourite: 'No flag had to change',
}

export function tooMany(ids: readonly string[]): boolean {
  if (ids.length <= MOST_AT_ONCE) return false
  notify({ title: `At most ${counted(MOST_AT_ONCE, 'animal')} at once`, text: 'Select fewer and do it in parts.' })
  return true
}

/** `onFlagged`: the wall shows the flagged queue, where the action removes flags instead of setting them. */
export function createBulkActions(wall: WallState, onFlagged: () => boolean) {
  /**
   * The animals that left the wall with each step, so that undo can bring them back. The service lists only the first
   * hundred animals of a step.
   */
  const steps = new Map<string, readonly string[]>()
  const leave = (ids: readonly string[], action: Action | null) => {
    if (action !== null) steps.set(action.id, ids)
    wall.remove(ids)
  }
  const takeStep = async (act: () => Promise<Action | null>, words: string) => {
    try {
      const action = await act()
      if (action === null) return notify({ title: act === undo ? 'Nothing to undo' : 'Nothing to redo' })
      const ids = steps.get(action.id) ?? action.detectionIds
      if (act === redo) leave(ids, action)
      else wall.bringBack(new Set(ids))
      notify({ title: `${words}: ${action.summary}` })
    } catch (error) {
      notifyFailure(act === undo ? 'This could not be undone' : 'This could not be redone', error)
    }
  }
  const undoLast = () => void takeStep(undo, 'Undone')
  const undoButton = { label: 'Undo', act: undoLast }

  return {
    undo: undoLast,
    redo: () => void takeStep(redo, 'Redone'),
    async confirm(ids: string[], taxon: Taxon): Promise<void> {
      try {
        const said = await teachMany({ detectionIds: ids, taxonId: taxon.id, basis: { kind: 'bulk' } })
        leave(said.identified, said.action)
        const [failure] = said.failures
        notify({
          title: `${counted(said.identified.length, 'animal')} confirmed as ${taxon.name}`,
          text: failure && `${counted(said.failures.length, 'animal')} not confirmed: ${failure.problem}`,
          action: said.action === null ? undefined : undoButton,
        })
      } catch (error) {
        notifyFailure('Nothing was confirmed', error)
      }
    },
    /** If every animal already has the mark, this removes it. A flag leaves the animals on the wall. */
    async mark(mark: AnyMark): Promise<void> {
      const ids = wall.meant()
      if (ids.length === 0 || tooMany(ids)) return
      const flag = mark === 'favourite'
      const on = flag ? !onFlagged() : !ids.every((id) => wall.known().get(id)?.mark === mark)
      try {
        const { action, detectionIds, missing } = await step(() => markMany({ detectionIds: ids, mark, on }), ids)
        if (!flag || !on) leave([...new Set([...ids, ...detectionIds])], action)
        notify({
          title: action?.summary ?? alreadySo[mark],
          ...(missing.length > 0 && { text: `${counted(missing.length, 'animal')} deleted in the meantime.` }),
          ...(action !== null && { action: undoButton }),
        })
      } catch (error) {
        notifyFailure('Nothing was marked', error)
      }
    },
    /** Selects the whole bursts of the selected animals, including members that are not on the wall yet. */
    async selectBursts(): Promise<string[]> {
      const { known, meant, selection } = wall
      // Any one member is enough to load its burst.
      const of = new Map(meant().flatMap((id) => (known().has(id) ? [[known().get(id)?.groupKey, id] as const] : [])))
      try {
        const members = (await Promise.all([...of.values()].map(burstOf))).flat()
        wall.select(add(selection(), [...meant(), ...members.map(({ id }) => id)]))
      } catch (error) {
        notifyFailure('The burst could not be loaded', error)
      }
      return [...selection().chosen]
    },
  }
}
