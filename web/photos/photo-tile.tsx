// One photo of the grid: its first animal with its name, and the number of animals.

import { createMemo, type JSX, Match, Show, Switch } from 'solid-js'
import type { Media } from '../../api/contract/media.ts'
import { Clock, ImageOff } from '../icons/icons.ts'
import { guessOf } from '../parts/answer/words.ts'
import { isItalic } from '../parts/taxon/ranks.ts'
import './photo-tile.css'

export function PhotoTile(props: { media: Media }): JSX.Element {
  const shown = createMemo(() => props.media.detections.find((d) => d.kind === 'animal') ?? props.media.detections[0])
  const taxon = createMemo(() => shown()?.taxon ?? null)
  const guess = createMemo(() => {
    const one = shown()
    return one === undefined || one.taxon !== null ? null : guessOf(one)
  })
  const animals = () => props.media.detections.filter((d) => d.kind === 'animal').length
  return (
    <figure class="tile photo-tile">
      <Switch>
        <Match when={props.media.status === 'failed'}>
          <span class="photo-tile-none rust">
            <ImageOff size={22} />
          </span>
        </Match>
        <Match when={props.media.status === 'queued'}>
          <span class="photo-tile-none">
            <Clock size={22} />
          </span>
        </Match>
        <Match when={true}>
          <img src={shown()?.cropUrl ?? props.media.imageUrl} alt="" loading="lazy" decoding="async" />
        </Match>
      </Switch>
      <figcaption>
        <Switch fallback={<span>{props.media.filename.split('/').at(-1)}</span>}>
          <Match when={taxon()}>{(t) => <span classList={{ italic: isItalic(t().rank) }}>{t().name}</span>}</Match>
          <Match when={guess()}>
            {(t) => (
              <span class="photo-tile-guess" classList={{ italic: isItalic(t().rank) }}>
                {t().name}?
              </span>
            )}
          </Match>
        </Switch>
        <Show when={animals() > 1}>
          <span class="photo-tile-count">{animals()}</span>
        </Show>
      </figcaption>
    </figure>
  )
}
