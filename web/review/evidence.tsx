// The evidence for an animal: the verdict in words, the path, the suggestions with their photos, a search for any other
// taxon, notes and history.

import { type JSX, Match, Show, Switch } from 'solid-js'
import type { DetectionDetail } from '../../api/contract/media.ts'
import type { AnsweredDetection } from '../../api/contract/suggestion.ts'
import { capsOf } from '../keys/key-names.ts'
import { bindings, onMac } from '../keys/use-actions.ts'
import { AnswerNote, AnswerPanel, AnswerSection } from '../parts/answer/answer-panel.tsx'
import { AnswerSkeleton } from '../parts/answer/answer-skeleton.tsx'
import { isOffList } from '../parts/answer/list-note.tsx'
import { PathSection } from '../parts/answer/path-section.tsx'
import { SuggestionList } from '../parts/answer/suggestion-list.tsx'
import { Verdict } from '../parts/answer/verdict.tsx'
import { Failure } from '../parts/message.tsx'
import { TaxonPicker } from '../parts/taxon/taxon-picker.tsx'
import { mayAs } from '../person/person.ts'
import { AnimalHistory } from './animal-history.tsx'
import type { CaseParts } from './case-state.ts'
import { Notes } from './notes.tsx'
import { Observed } from './observed/observed.tsx'
import { Standing } from './standing.tsx'
import type { Statements } from './statements.ts'
import type { SuggestionChoice } from './suggestion-choice.ts'
import { WhyAsked } from './why-asked.tsx'
import './evidence.css'

const searchKey = () => {
  const key = bindings().search[0]
  return key === undefined ? undefined : capsOf(key, onMac).join(' ')
}

export function Evidence(props: {
  detection: DetectionDetail
  answer: AnsweredDetection | undefined
  error: unknown
  onRetry: () => void
  choice: SuggestionChoice
  statements: Statements
  /** Opens the form that adds a taxon of this name. */
  onNew: (name: string) => void
  parts: CaseParts
}): JSX.Element {
  return (
    <AnswerPanel>
      <Standing detection={props.detection} />
      <WhyAsked detection={props.detection} />
      <Switch fallback={<AnswerSkeleton />}>
        <Match when={props.answer}>
          {(answer) => (
            <>
              <Show
                when={answer().kind === 'animal'}
                fallback={
                  <AnswerNote>
                    This is a {answer().kind}. Only animals get suggestions. If it is an animal after all, search for
                    its taxon below.
                  </AnswerNote>
                }
              >
                <Show when={!isOffList(answer())}>
                  <Verdict answer={answer()} />
                </Show>
              </Show>
              <PathSection answer={answer()} onConfirm={(taxon) => props.statements.say(taxon, 'suggestion')} />
              <Show
                when={answer().suggestions.length > 0}
                fallback={
                  <AnswerNote>
                    {answer().list ? 'Nothing on the list has been taught yet.' : 'Nothing has been taught yet.'} Search
                    for this animal’s taxon below, or add it. Photos get suggestions from the first confirmation on.
                  </AnswerNote>
                }
              >
                <AnswerSection title="Suggestions, with their most similar known photos">
                  <SuggestionList
                    suggestions={answer().suggestions}
                    selected={props.choice.selected()?.taxon.id ?? null}
                    onSelect={(suggestion) => props.choice.select(suggestion.taxon.id)}
                    onConfirm={(suggestion) => props.statements.confirm(suggestion.taxon)}
                    onCompare={props.choice.compare}
                  />
                </AnswerSection>
              </Show>
            </>
          )}
        </Match>
        <Match when={props.error}>
          <Failure title="The suggestions could not be loaded" error={props.error} retry={props.onRetry} />
        </Match>
      </Switch>
      <Show when={mayAs('reviewer')}>
        <div class="evidence-search">
          <TaxonPicker
            label="Another taxon"
            placeholder="Another taxon: scientific or common name"
            hideLabel
            keyHint={searchKey()}
            onPick={(taxon) => props.statements.say(taxon, 'search')}
            onNew={props.onNew}
            inputRef={(element) => {
              props.parts.search = element
            }}
          />
        </div>
        <Observed
          detection={props.detection}
          ref={(element) => {
            props.parts.count = element
          }}
        />
        <Notes
          media={props.detection.media}
          ref={(element) => {
            props.parts.note = element
          }}
        />
      </Show>
      <AnimalHistory detectionId={props.detection.id} identifications={props.detection.identifications} />
    </AnswerPanel>
  )
}
