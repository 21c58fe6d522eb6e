// Identifies one photo without storing it: shows its animals with boxes, and for each the answer with its evidence.

import { createEffect, createMemo, createSignal, type JSX, Match, onCleanup, Show, Switch } from 'solid-js'
import type { Answer } from '../../api/contract/suggestion.ts'
import { ImagePlus } from '../icons/icons.ts'
import { AnswerNote, AnswerPanel, AnswerSection } from '../parts/answer/answer-panel.tsx'
import { AnswerSkeleton } from '../parts/answer/answer-skeleton.tsx'
import { isOffList } from '../parts/answer/list-note.tsx'
import { PathSection } from '../parts/answer/path-section.tsx'
import { SuggestionList } from '../parts/answer/suggestion-list.tsx'
import { Verdict } from '../parts/answer/verdict.tsx'
import { Callout } from '../parts/callout.tsx'
import { Failure } from '../parts/message.tsx'
import { notify } from '../parts/notices.tsx'
import { PhotoBoxes } from '../parts/photo/photo-boxes.tsx'
import { SplitView } from '../parts/split-view.tsx'
import { answerOptions, identifyPhoto } from '../server/detections.ts'
import { DropZone } from '../upload/drop-zone.tsx'
import type { Found } from '../upload/found.ts'
import { isPhoto } from '../upload/plan.ts'
import './identify.css'

export default function Identify(): JSX.Element {
  const [photo, setPhoto] = createSignal<File | null>(null)
  const take = async (found: Found[]) => {
    const first = found.find(({ file }) => isPhoto(file))
    if (first === undefined)
      notify({
        title: 'This is not a photo',
        text: 'Use JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF or a camera’s raw files.',
        tone: 'rust',
      })
    else setPhoto(await first.open())
  }
  return (
    <Show
      when={photo()}
      keyed
      fallback={
        <div class="page">
          <header class="page-head">
            <h1>What is this?</h1>
          </header>
          <DropZone
            single
            title="Drop one photo here"
            touchTitle="Choose one photo"
            hint="The photo is not stored, and nothing is learned from it."
            onFiles={(found) => void take(found)}
          />
        </div>
      }
    >
      {(file) => <Identified file={file} onOther={() => setPhoto(null)} />}
    </Show>
  )
}

function Identified(props: { file: File; onOther: () => void }): JSX.Element {
  const address = URL.createObjectURL(props.file)
  onCleanup(() => URL.revokeObjectURL(address))
  const [answer, setAnswer] = createSignal<Answer | null>(null)
  const [fault, setFault] = createSignal<unknown>(null)
  const [chosen, setChosen] = createSignal('0')

  const ask = (file: File) => {
    const leaving = new AbortController()
    onCleanup(() => leaving.abort())
    setFault(null)
    identifyPhoto(file, answerOptions(), leaving.signal)
      .then(setAnswer)
      .catch((error: unknown) => {
        if (!leaving.signal.aborted) setFault(error)
      })
  }
  createEffect(() => ask(props.file))

  const boxes = createMemo(() =>
    (answer()?.detections ?? []).map((d, i) => ({
      id: String(i),
      bbox: d.bbox,
      label: `Animal ${i + 1}`,
      quiet: d.kind !== 'animal',
    })),
  )
  const detection = createMemo(() => answer()?.detections[Number(chosen())])

  return (
    <div class="identify">
      <SplitView
        side={
          <AnswerPanel>
            <h1 class="unseen">What is this?</h1>
            <button type="button" class="button identify-other" onClick={() => props.onOther()}>
              <ImagePlus size={16} /> Another photo
            </button>
            <Switch fallback={<AnswerSkeleton />}>
              <Match when={fault()}>
                <Failure title="This photo could not be identified" error={fault()} retry={() => ask(props.file)} />
              </Match>
              <Match when={detection()}>
                {(d) => (
                  <>
                    <Show when={boxes().length > 1}>
                      <AnswerNote>
                        Animal {Number(chosen()) + 1} of {boxes().length}. Click another in the photo.
                      </AnswerNote>
                    </Show>
                    <Show when={d().source === 'wholePhoto'}>
                      <Callout tone="ochre">No animal was found, so the answer is for the whole photo.</Callout>
                    </Show>
                    <Show
                      when={d().kind === 'animal'}
                      fallback={<AnswerNote>This is a {d().kind}. Only animals get suggestions.</AnswerNote>}
                    >
                      <Show when={!isOffList(d())}>
                        <Verdict answer={d()} />
                      </Show>
                    </Show>
                    <PathSection answer={d()} />
                    <Show when={d().path.length > 0}>
                      <AnswerSection title="Suggestions, with their most similar known photos">
                        <SuggestionList suggestions={d().suggestions} />
                      </AnswerSection>
                    </Show>
                    <p class="identify-models">
                      Tree {answer()?.treeVersion} · {answer()?.models.detector.name} · {answer()?.models.embedder.name}
                    </p>
                  </>
                )}
              </Match>
            </Switch>
          </AnswerPanel>
        }
      >
        <div class="identify-photo">
          <PhotoBoxes
            src={address}
            alt={`Your photo ${props.file.name}`}
            size={answer()?.photo ?? null}
            boxes={boxes()}
            focus={chosen()}
            onPick={setChosen}
          />
        </div>
      </SplitView>
    </div>
  )
}
