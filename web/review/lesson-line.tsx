// The line after a step: what became more certain, how many waiting photos agree, and Undo. Screen readers announce it.

import { useQuery } from '@tanstack/solid-query'
import { createMemo, type JSX, Match, Show, Switch } from 'solid-js'
import type { Learned } from '../../api/contract/action.ts'
import { Redo2, Undo2 } from '../icons/icons.ts'
import { KeyHint } from '../keys/key-hint.tsx'
import { titleOf } from '../keys/use-actions.ts'
import { count, counted, percentText } from '../parts/format.ts'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { person } from '../person/person.ts'
import { undoable } from '../server/actions.ts'
import { dataOf } from '../server/query-client.ts'
import { type Lesson, lesson } from '../teaching/teaching.ts'
import { type Agreement, useAgreement } from './agreement.ts'
import { MoreAlike } from './lesson/more-alike.tsx'
import './lesson-line.css'

/** How teaching changed the probability at the taught rank. */
function change(learned: Learned): { rank: string; before: number; after: number } | null {
  const after = learned.after.at(-1)
  if (after === undefined) return null
  const before = learned.before.find((step) => step.taxon.id === after.taxon.id)
  return { rank: after.rank, before: before?.probability ?? 0, after: after.probability }
}

const agreementWords = ({ waiting, more, capped }: Agreement) => {
  const many = capped ? `more than ${count(waiting)} waiting photos` : counted(waiting, 'waiting photo')
  return `${many} ${more > 0 ? 'now ' : ''}${waiting === 1 ? 'agrees' : 'agree'}${more > 0 ? `, ${count(more)} more than before` : ''}`
}

const did = { did: 'Done', undone: 'Undone', redone: 'Redone' } as const

export function LessonLine(props: { onUndo: () => void; onRedo: () => void }): JSX.Element {
  const taught = createMemo(() => {
    const last = lesson()
    return last?.kind === 'taught' ? last : undefined
  })
  const stepped = createMemo(() => {
    const last = lesson()
    return last === null || last.kind === 'taught' ? undefined : last
  })
  const steps = useQuery(() => undoable(person()))
  const back = () => dataOf(steps)?.undo ?? null
  const again = () => dataOf(steps)?.redo ?? null
  const agreement = useAgreement(
    createMemo(() => {
      const last = taught()
      return last === undefined ? undefined : { taxonId: last.taxon.id }
    }),
  )
  return (
    <div class="ends lesson-line">
      <p role="status">
        <Switch fallback={<span class="lesson-line-hint">What you confirm is learned at once.</span>}>
          <Match when={taught()}>
            {(last) => (
              <>
                <Taught lesson={last()} />
                <Show when={agreement()}>
                  {(now) => <span class="lesson-line-agree">{agreementWords(now())}</span>}
                </Show>
                <Show when={last().detectionId}>{(id) => <MoreAlike detectionId={id()} />}</Show>
                <span class="lesson-line-tree">tree {last().learned.treeVersion}</span>
              </>
            )}
          </Match>
          <Match when={stepped()}>
            {(last) => (
              <span>
                {did[last().kind]}: {last().action.summary}
              </span>
            )}
          </Match>
        </Switch>
      </p>
      <Show when={again()}>
        {(action) => (
          <button
            type="button"
            class="button quiet"
            title={titleOf('redo', `Redo: ${action().summary}`)}
            onClick={() => props.onRedo()}
          >
            <Redo2 size={15} /> <span class="unseen">Redo</span> <KeyHint action="redo" />
          </button>
        )}
      </Show>
      <button
        type="button"
        class="button quiet"
        disabled={back() === null}
        onClick={() => props.onUndo()}
        title={titleOf('undo', back() === null ? 'Nothing to undo' : `Undo: ${back()?.summary}`)}
      >
        <Undo2 size={15} /> Undo <KeyHint action="undo" />
      </button>
    </div>
  )
}

function Taught(props: { lesson: Extract<Lesson, { kind: 'taught' }> }): JSX.Element {
  return (
    <>
      <TaxonName taxon={props.lesson.taxon} common={false} />
      <Show when={props.lesson.animals > 1}>
        <span>{counted(props.lesson.animals, 'photo')}</span>
      </Show>
      <Show when={change(props.lesson.learned)}>
        {(step) => (
          <span class="lesson-line-change">
            {percentText(step().before)} → <b>{percentText(step().after)}</b> at {step().rank}
          </span>
        )}
      </Show>
    </>
  )
}
