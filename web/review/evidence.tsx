// Everything that speaks for or against: the verdict in words, the path, the rivals with their photos, the way to any other taxon,
// and what others said before.

import { type JSX, Match, Show, Switch } from 'solid-js'
import type { DetectionDetail } from '../../api/contract/media.ts'
import type { AnsweredDetection, Similar } from '../../api/contract/suggestion.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import { capsOf } from '../keys/key-names.ts'
import { bindings, onMac } from '../keys/use-actions.ts'
import { AccuracyChoice } from '../parts/accuracy-choice.tsx'
import { Failure } from '../parts/message.tsx'
import { KeyPath } from '../parts/taxon/key-path.tsx'
import { Rivals, type Suggestion } from '../parts/taxon/rivals.tsx'
import { TaxonPicker } from '../parts/taxon/taxon-picker.tsx'
import { Verdict } from '../parts/verdict.tsx'
import { accuracy } from './answer-options.ts'
import { EvidenceSkeleton } from './evidence-skeleton.tsx'
import { History } from './history.tsx'
import { Notes } from './notes.tsx'
import { Standing } from './standing.tsx'
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
  selected: string | null
  onSelect: (suggestion: Suggestion) => void
  onConfirm: (suggestion: Suggestion) => void
  onConfirmRank: (taxon: Taxon) => void
  onCompare: (suggestion: Suggestion, similar: Similar) => void
  onSearched: (taxon: Taxon) => void
  onNew: (name: string) => void
  searchRef: (element: HTMLInputElement) => void
  noteRef: (element: HTMLTextAreaElement) => void
}): JSX.Element {
  return (
    <div class="evidence">
      <Standing detection={props.detection} />
      <Switch fallback={<EvidenceSkeleton />}>
        <Match when={props.answer}>
          {(answer) => (
            <>
              <Show
                when={answer().kind === 'animal'}
                fallback={
                  <p class="evidence-note">
                    A {answer().kind}: never given suggestions. If it is an animal after all, search its taxon below.
                  </p>
                }
              >
                <Verdict answer={answer()} />
              </Show>
              <Show when={answer().path.length > 0}>
                <section>
                  <div class="evidence-head">
                    <h3 class="overline">The path</h3>
                    <AccuracyChoice />
                  </div>
                  <KeyPath
                    path={answer().path}
                    stop={answer().stop}
                    accuracy={accuracy()}
                    onConfirm={props.onConfirmRank}
                  />
                </section>
              </Show>
              <Show
                when={answer().suggestions.length > 0}
                fallback={
                  <p class="evidence-note">
                    Nothing has been taught yet. Search this animal’s taxon below, or make it: from the first
                    confirmation on, the next photo is given suggestions.
                  </p>
                }
              >
                <section>
                  <div class="evidence-head">
                    <h3 class="overline">Rivals, with their most similar known photos</h3>
                  </div>
                  <Rivals
                    suggestions={answer().suggestions}
                    selected={props.selected}
                    onSelect={props.onSelect}
                    onConfirm={props.onConfirm}
                    onCompare={props.onCompare}
                  />
                </section>
              </Show>
            </>
          )}
        </Match>
        <Match when={props.error}>
          <Failure title="No suggestions" error={props.error} retry={props.onRetry} />
        </Match>
      </Switch>
      <TaxonPicker
        label="Another taxon"
        placeholder="Another taxon: name or common name"
        hideLabel
        keyHint={searchKey()}
        onPick={props.onSearched}
        onNew={props.onNew}
        inputRef={props.searchRef}
      />
      <Notes media={props.detection.media} ref={props.noteRef} />
      <History detectionId={props.detection.id} identifications={props.detection.identifications} />
    </div>
  )
}
