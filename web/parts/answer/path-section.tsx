// The part of an answer that shows its path: what the list of the place and what was met there change, and the
// probability at each rank.

import { type JSX, Show } from 'solid-js'
import type { AnsweredDetection } from '../../../api/contract/suggestion.ts'
import type { Taxon } from '../../../api/contract/taxon.ts'
import { accuracy } from '../../person/accuracy.ts'
import { AccuracyChoice } from './accuracy-choice.tsx'
import { AnswerSection } from './answer-panel.tsx'
import { KeyPath } from './key-path.tsx'
import { ListNote } from './list-note.tsx'
import { PlaceNote } from './place-note.tsx'
import { sureStep } from './proposal.ts'

export function PathSection(props: { answer: AnsweredDetection; onConfirm?: (taxon: Taxon) => void }): JSX.Element {
  return (
    <>
      <ListNote list={props.answer.list} />
      <PlaceNote answer={props.answer} />
      <Show when={props.answer.path.length > 0}>
        <AnswerSection title="Probability at each rank" aside={<AccuracyChoice />}>
          <KeyPath
            path={props.answer.path}
            stop={props.answer.stop}
            sure={sureStep(props.answer)?.taxon.id ?? null}
            accuracy={accuracy()}
            onConfirm={props.onConfirm}
          />
        </AnswerSection>
      </Show>
    </>
  )
}
