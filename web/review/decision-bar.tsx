// The buttons of the review, always in the same place: confirm the selected suggestion, mark the animal instead, go
// back, or skip it.

import { type JSX, Show } from 'solid-js'
import type { DetectionDetail } from '../../api/contract/media.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import { ArrowLeft, ArrowRight, Check, Images, StickyNote } from '../icons/icons.ts'
import { KeyHint } from '../keys/key-hint.tsx'
import { titleOf } from '../keys/use-actions.ts'
import { MarkTools } from '../parts/mark-tools.tsx'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { Tool } from '../parts/tool.tsx'
import { LessonLine } from './lesson-line.tsx'
import './decision-bar.css'

export type Decisions = {
  confirm: () => void
  unknown: () => void
  notAnimal: () => void
  empty: () => void
  flag: () => void
  count: () => void
  note: () => void
  similar: () => void
  previous: () => void
  next: () => void
  undo: () => void
  redo: () => void
}

export function DecisionBar(props: {
  detection: DetectionDetail
  taxon: Taxon | null
  /** The number of suggestions, even if none is worth selecting. */
  suggestions: number
  canGoBack: boolean
  does: Decisions
}): JSX.Element {
  return (
    <div class="decision-bar">
      <LessonLine onUndo={props.does.undo} onRedo={props.does.redo} />
      <div class="decision-bar-buttons">
        <button
          type="button"
          class="button big icon"
          aria-label="Back"
          title={titleOf('previous')}
          disabled={!props.canGoBack}
          onClick={() => props.does.previous()}
        >
          <ArrowLeft size={18} />
        </button>
        <button
          type="button"
          class="button primary big"
          disabled={props.taxon === null}
          onClick={() => props.does.confirm()}
        >
          <Check size={18} />
          <Show
            when={props.taxon}
            fallback={props.suggestions > 0 ? 'Nothing fits: choose or search' : 'Nothing to confirm yet'}
          >
            {(taxon) => (
              <span class="decision-bar-taxon">
                Confirm <TaxonName taxon={taxon()} common={false} inline />
              </span>
            )}
          </Show>
          <Show when={props.taxon}>
            <KeyHint action="confirm" />
          </Show>
        </button>
        <button type="button" class="button big" title={titleOf('next')} onClick={() => props.does.next()}>
          Skip <ArrowRight size={18} />
        </button>
      </div>
      <div class="decision-bar-else">
        <MarkTools
          words={(text) => text}
          pressed={{
            unknown: props.detection.mark === 'unknown',
            notAnimal: props.detection.mark === 'notAnimal',
            empty: props.detection.media.mark === 'empty',
            flag: props.detection.media.favourite,
          }}
          does={props.does}
        />
        <Tool name="note" icon={<StickyNote size={15} />} words="Note" onAct={props.does.note} />
        <Tool name="similar" icon={<Images size={15} />} words="Similar" onAct={props.does.similar} />
      </div>
    </div>
  )
}
