// One animal, person or vehicle in a photo: its crop, its identification or suggestion, and a link to its review.

import { A } from '@solidjs/router'
import { type JSX, Match, Show, Switch } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import { adverbOf, guessOf } from '../parts/answer/words.ts'
import { percentText, probabilityText } from '../parts/format.ts'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import './detection-card.css'

export function DetectionCard(props: { detection: Detection; onPoint: (on: boolean) => void }): JSX.Element {
  const sources: Record<Detection['source'], string> = {
    detector: 'found by the detector',
    wholePhoto: 'no animal found, so the whole photo is used',
    imported: 'box from the import',
    person: 'box drawn by hand',
  }
  return (
    <li class="detection-card" onMouseEnter={() => props.onPoint(true)} onMouseLeave={() => props.onPoint(false)}>
      <A href={`/review/${props.detection.id}`} onFocus={() => props.onPoint(true)} onBlur={() => props.onPoint(false)}>
        <img src={props.detection.cropUrl} alt="" loading="lazy" />
        <span class="detection-card-words">
          <Switch
            fallback={
              <span>
                {props.detection.kind === 'animal' ? 'Not identified yet' : `This is a ${props.detection.kind}`}
              </span>
            }
          >
            <Match when={props.detection.taxon}>{(taxon) => <TaxonName taxon={taxon()} />}</Match>
            <Match when={guessOf(props.detection)}>
              {(taxon) => (
                <span class="detection-card-guess">
                  {adverbOf(props.detection.suggestion?.probability ?? 0)} <TaxonName taxon={taxon()} common={false} />{' '}
                  {percentText(props.detection.suggestion?.probability ?? 0)}
                </span>
              )}
            </Match>
          </Switch>
          <span class="detection-card-source">
            {sources[props.detection.source]}
            <Show when={props.detection.confidence}>{(c) => <>, {probabilityText(c())}</>}</Show>
          </span>
          <Show when={props.detection.conflict}>
            <span class="chip rust">people disagree</span>
          </Show>
        </span>
      </A>
    </li>
  )
}
