// The edits of the taxonomy, newest first: who, when and why, each with a button to undo it.

import { A } from '@solidjs/router'
import { useInfiniteQuery } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { Edit } from '../../../api/contract/taxonomy.ts'
import { Undo2 } from '../../icons/icons.ts'
import { ago, when } from '../../parts/format.ts'
import { notifyFailure } from '../../parts/notices.tsx'
import { Paged } from '../../parts/paged.tsx'
import { ShowMore } from '../../parts/show-more.tsx'
import { editPages, undoEdit } from '../../server/taxonomy.ts'
import { Nothing } from '../taxa-section.tsx'
import './edit-log.css'

export function EditLog(props: { taxon?: string; limit?: number; empty: string }): JSX.Element {
  const pages = useInfiniteQuery(() => editPages(props.taxon, props.limit))
  return (
    <Paged pages={pages} waiting={<div class="skeleton edit-log-skeleton" />} empty={<Nothing>{props.empty}</Nothing>}>
      {(edits) => (
        <>
          <ol class="edit-log">
            <For each={edits()}>{(edit) => <Entry edit={edit} here={props.taxon} />}</For>
          </ol>
          <ShowMore pages={pages} />
        </>
      )}
    </Paged>
  )
}

function Entry(props: { edit: Edit; here: string | undefined }): JSX.Element {
  const [busy, setBusy] = createSignal(false)
  const undo = async () => {
    setBusy(true)
    try {
      await undoEdit(props.edit.id)
    } catch (error) {
      notifyFailure('This edit could not be undone', error)
    } finally {
      setBusy(false)
    }
  }
  const other = () => props.edit.taxa.find(({ id }) => id !== props.here)
  return (
    <li class="ends edit-log-entry" classList={{ undone: props.edit.undoneBy !== null }}>
      <div class="edit-log-words">
        <span class="edit-log-summary">
          <Show when={other()} fallback={props.edit.summary}>
            {(taxon) => <A href={`/taxa/${taxon().id}`}>{props.edit.summary}</A>}
          </Show>
        </span>
        <span class="detail fine">
          {props.edit.person}, <time title={when(props.edit.at)}>{ago(props.edit.at)}</time>
          <Show when={props.edit.why}>{(why) => <> · “{why()}”</>}</Show>
          <Show when={props.edit.undoneBy !== null}> · undone</Show>
        </span>
      </div>
      <Show when={props.edit.undoneBy === null}>
        <button
          type="button"
          class="button quiet"
          disabled={busy()}
          aria-label={`Undo: ${props.edit.summary}`}
          onClick={() => void undo()}
        >
          <Undo2 size={15} /> Undo
        </button>
      </Show>
    </li>
  )
}
