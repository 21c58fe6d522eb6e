// One animal on the wall: its crop, its identification or suggestion, and whether it is chosen.

import { useQuery } from '@tanstack/solid-query'
import { createMemo, type JSX, Match, Show, Switch } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import type { Answer } from '../../api/contract/suggestion.ts'
import { Check, CircleCheck, CircleSlash, Layers, TriangleAlert } from '../icons/icons.ts'
import { adverbOf, certaintyOf, guessOf } from '../parts/answer/words.ts'
import { percentText } from '../parts/format.ts'
import { isItalic } from '../parts/taxon/ranks.ts'
import { answer } from '../server/detections.ts'
import { dataOf } from '../server/query-client.ts'
import './crop-tile.css'

const markWords = { notAnimal: 'not an animal', unknown: 'unknown', person: 'a person', vehicle: 'a vehicle' } as const

/** The tile's content for screen readers. */
function spokenTile(d: Detection): string {
  if (d.conflict) return `In conflict${d.taxon === null ? '' : `, at least ${d.taxon.name}`}`
  if (d.taxon !== null) return `Identified as ${d.taxon.name}`
  if (d.mark !== null) return `Marked ${markWords[d.mark]}`
  const said = d.suggestion
  if (said === null || said.taxon === null) return 'No suggestion yet'
  if (guessOf(d) === null) return capital(withoutGuess(d))
  return `${capital(adverbOf(said.probability))} ${said.taxon.name}, ${percentText(said.probability)}`
}

/** What is said where no species is probable enough to be named: where the answer stops. */
const withoutGuess = ({ source, suggestion }: Detection): string =>
  suggestion?.stop && source !== 'wholePhoto' ? `at least ${suggestion.stop.name}` : 'nothing fits'

const TONES = { sure: 'leaf', unsure: 'ochre', weak: 'faint' } as const
const tone = (probability: number) => TONES[certaintyOf(probability)]
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

const TO_TELL = { accuracy: 0.8, limit: 1, similar: 0 }

/** The animal with the best suggestion of an answer as its summary; unchanged where there is none. */
function withAnswer(detection: Detection, now: Answer | undefined): Detection {
  const own = now?.detections.find(({ detectionId }) => detectionId === detection.id)
  const best = own?.suggestions[0]
  if (now === undefined || own === undefined || best === undefined) return detection
  const { taxon, probability } = best
  const stop = own.stop?.taxon ?? null
  const { treeVersion } = now
  return {
    ...detection,
    suggestion: { taxon, probability, stop, novelty: 0, ownProbability: null, disagreement: 0, treeVersion },
  }
}

export function CropTile(props: { detection: Detection; chosen: boolean; burst: number }): JSX.Element {
  // No summary is stored yet, as during an import: the answer is asked for as soon as the animal is on the screen.
  const lacks = () =>
    props.detection.suggestion === null && props.detection.kind === 'animal' && props.detection.taxon === null
  const asked = useQuery(() => ({ ...answer(props.detection.id, TO_TELL), enabled: lacks() }))
  const d = createMemo(() => (lacks() ? withAnswer(props.detection, dataOf(asked)) : props.detection))
  const said = createMemo(() => (d().taxon === null && d().mark === null ? d().suggestion : null))
  const waitWords = () => {
    if (said()?.taxon) return withoutGuess(d())
    return lacks() && asked.isPending ? 'asking …' : 'nothing taught yet'
  }
  return (
    <div class="tile crop-tile" classList={{ chosen: props.chosen }}>
      <span class="unseen">{spokenTile(d())}</span>
      <img src={d().cropUrl} alt="" loading="lazy" decoding="async" draggable={false} />
      <span class="crop-tile-check" data-check aria-hidden="true">
        <Show when={props.chosen}>
          <Check size={15} stroke-width={3} />
        </Show>
      </span>
      <Show when={props.burst > 1}>
        <span class="crop-tile-burst" aria-hidden="true" title={`${props.burst} of the same burst`}>
          <Layers size={12} /> {props.burst}
        </span>
      </Show>
      <span class="crop-tile-words" aria-hidden="true">
        <Switch fallback={<span class="crop-tile-name">{waitWords()}</span>}>
          <Match when={d().conflict}>
            <TriangleAlert size={13} class="crop-tile-rust" />
            <span class="crop-tile-name">{d().taxon?.name ?? 'in conflict'}</span>
          </Match>
          <Match when={d().taxon}>
            {(taxon) => (
              <>
                <CircleCheck size={13} class="crop-tile-leaf" />
                <span class="crop-tile-name" classList={{ italic: isItalic(taxon().rank) }}>
                  {taxon().name}
                </span>
              </>
            )}
          </Match>
          <Match when={d().mark}>
            {(mark) => (
              <>
                <CircleSlash size={13} />
                <span class="crop-tile-name">{markWords[mark()]}</span>
              </>
            )}
          </Match>
          <Match when={said() !== null && guessOf(d())}>
            {(taxon) => (
              <>
                <span class={`crop-tile-sure ${tone(said()?.probability ?? 0)}`}>
                  {percentText(said()?.probability ?? 0)}
                </span>
                <span class="crop-tile-name" classList={{ italic: isItalic(taxon().rank) }}>
                  {taxon().name}
                </span>
              </>
            )}
          </Match>
        </Switch>
      </span>
    </div>
  )
}
