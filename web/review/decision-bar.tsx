// The buttons of the review, always in the same place. The main one does what Enter does: it confirms the name that is
// sure or that the person selected, marks a photo without an animal as empty, or skips.

import { type JSX, Match, Show, Switch } from 'solid-js'
import type { DetectionDetail } from '../../api/contract/media.ts'
import { ArrowLeft, ArrowRight, Check, ImageOff, Images, StickyNote } from '../icons/icons.ts'
import { KeyHint } from '../keys/key-hint.tsx'
import { titleOf } from '../keys/use-actions.ts'
import type { Proposal } from '../parts/answer/proposal.ts'
import { isSure } from '../parts/answer/words.ts'
import { percentText } from '../parts/format.ts'
import { MarkTools } from '../parts/mark-tools.tsx'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { Tool } from '../parts/tool.tsx'
import { mayAs } from '../person/person.ts'
import { LessonLine } from './lesson-line.tsx'
import './decision-bar.css'

/** What the main button does. `picked`: a person selected the suggestion, however unsure it is. */
export type Main = Proposal & { picked: boolean }

export type Decisions = {
  confirm: () => void
  unknown: () => void
  notAnimal: () => void
  person: () => void
  vehicle: () => void
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
  main: Main
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
        <Show when={mayAs('reviewer')}>
          <MainButton detection={props.detection} main={props.main} onAct={props.does.confirm} />
        </Show>
        <Show when={props.main.does !== 'skip' || !mayAs('reviewer')}>
          <button type="button" class="button big" title={titleOf('next')} onClick={() => props.does.next()}>
            Skip <ArrowRight size={18} />
          </button>
        </Show>
      </div>
      <div class="decision-bar-else">
        <Show when={mayAs('reviewer')}>
          <MarkTools
            words={(text) => text}
            pressed={{
              unknown: props.detection.mark === 'unknown',
              notAnimal: props.detection.mark === 'notAnimal',
              person: props.detection.mark === 'person',
              vehicle: props.detection.mark === 'vehicle',
              empty: props.detection.media.mark === 'empty',
              flag: props.detection.media.favourite,
            }}
            does={props.does}
          />
          <Tool name="note" icon={<StickyNote size={15} />} words="Note" onAct={props.does.note} />
        </Show>
        <Tool name="similar" icon={<Images size={15} />} words="Similar" onAct={props.does.similar} />
      </div>
    </div>
  )
}

function MainButton(props: { detection: DetectionDetail; main: Main; onAct: () => void }): JSX.Element {
  const confirms = () => (props.main.does === 'confirm' ? props.main : undefined)
  const isUnsure = () => {
    const probability = confirms()?.probability ?? null
    return probability !== null && !isSure(probability)
  }
  const isOpen = () => props.detection.taxon === null && props.detection.mark === null && !props.detection.setAside
  return (
    <button
      type="button"
      class="button primary big"
      classList={{ unsure: isUnsure(), plain: props.main.does === 'skip' }}
      onClick={() => props.onAct()}
    >
      <Switch>
        <Match when={confirms()}>
          {(confirm) => (
            <>
              <Check size={18} />
              <span class="decision-bar-taxon">
                {confirm().probability === null ? 'Agree with' : 'Confirm'}{' '}
                <TaxonName taxon={confirm().taxon} common={false} inline />
                <Show when={isUnsure()}>, only {percentText(confirm().probability ?? 0)}</Show>
              </span>
            </>
          )}
        </Match>
        <Match when={props.main.does === 'empty'}>
          <ImageOff size={18} /> <span class="decision-bar-taxon">Empty photo</span>
        </Match>
        <Match when={props.main.does === 'skip'}>
          <span class="decision-bar-taxon">{isOpen() ? 'Skip' : 'Next'}</span> <ArrowRight size={18} />
        </Match>
      </Switch>
      <KeyHint action="confirm" />
    </button>
  )
}
