// The entries of the history: what people did to animals and photos, and their edits of the taxonomy.

import { type JSX, Show } from 'solid-js'
import type { Action } from '../../api/contract/action.ts'
import type { Edit } from '../../api/contract/taxonomy.ts'
import { Images, ListTree, MapPin } from '../icons/icons.ts'
import { count } from '../parts/format.ts'
import { notifyFailure } from '../parts/notices.tsx'
import { mayAs } from '../person/person.ts'
import { redoAction, undoAction } from '../server/actions.ts'
import { queries } from '../server/query-client.ts'
import { undoEdit } from '../server/taxonomy.ts'
import { HistoryEntry } from './history-entry.tsx'

/** Does it, says where it failed, and asks everything again: a step of the history may change anything. */
async function take(act: () => Promise<unknown>, failed: string): Promise<void> {
  try {
    await act()
  } catch (error) {
    notifyFailure(failed, error)
  } finally {
    void queries.invalidateQueries()
  }
}

export function ActionEntry(props: { action: Action }): JSX.Element {
  const first = () => props.action.detectionIds[0]
  const place = () => {
    const id = first()
    if (id !== undefined) return `/review/${id}`
    const media = props.action.mediaIds[0]
    return media === undefined ? null : `/photos/${media}`
  }
  const picture = () => {
    const media = props.action.mediaIds[0]
    if (first() !== undefined) return `/api/detections/${first()}/crop`
    return media === undefined ? undefined : `/api/media/${media}/image?width=200`
  }
  /** Entries for an undo or redo offer no button: the entry of the original action does. */
  const isStep = () => props.action.undoesId === null && props.action.redoesId === null
  return (
    <HistoryEntry
      summary={props.action.summary}
      href={place()}
      picture={picture()}
      undone={props.action.undone}
      isStep={!isStep()}
      sign={props.action.kind === 'deployment' ? <MapPin size={18} /> : <Images size={18} />}
      aside={<Show when={props.action.subjects > 1}>{count(props.action.subjects)} changed</Show>}
      person={props.action.person}
      at={props.action.at}
      act={!isStep() ? null : props.action.undone ? 'Redo' : 'Undo'}
      onAct={() =>
        props.action.undone
          ? take(() => redoAction(props.action.id), 'This could not be redone')
          : take(() => undoAction(props.action.id), 'This could not be undone')
      }
    />
  )
}

export function EditEntry(props: { edit: Edit }): JSX.Element {
  const place = () => {
    const [taxon] = props.edit.taxa
    return taxon === undefined ? null : `/taxa/${taxon.id}`
  }
  return (
    <HistoryEntry
      summary={props.edit.summary}
      href={place()}
      undone={props.edit.undoneBy !== null}
      isStep={props.edit.undoes !== null}
      sign={<ListTree size={18} />}
      aside={props.edit.why === null ? 'taxonomy' : `taxonomy · “${props.edit.why}”`}
      person={props.edit.person}
      at={props.edit.at}
      act={props.edit.undoneBy === null && mayAs('editor') ? 'Undo' : null}
      onAct={() => take(() => undoEdit(props.edit.id), 'This edit could not be undone')}
    />
  )
}
