// The photos behind a figure of a version: what each is, what the version says, and what another version said.

import { A } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { For, type JSX, Show } from 'solid-js'
import type { JudgedPhotos as Judged } from '../../../api/contract/models/version.ts'
import { useOpener } from '../../charts/open.ts'
import { count, counted, percentText } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { TaxonName } from '../../parts/taxon/taxon-name.tsx'
import { type JudgedFilter, judgedPhotos } from '../../server/models/versions.ts'
import './judged-photos.css'

export function JudgedPhotos(props: { version: string; filter: JudgedFilter }): JSX.Element {
  const query = useQuery(() => judgedPhotos(props.version, props.filter))
  const opener = useOpener()
  const openAll = (found: Judged) =>
    opener.ids(
      `Judged by version ${props.version}`,
      found.items.map(({ detection }) => detection.id),
    )
  return (
    <Loaded
      query={query}
      fallback={<div class="skeleton judged-photos-wait" role="status" aria-label="Loading photos" />}
    >
      {(found) => (
        <>
          <div class="judged-photos-head">
            <p role="status">
              {counted(found().total, 'photo')}
              <Show when={found().items.length < found().total}>, the first {count(found().items.length)} shown</Show>
            </p>
            <Show when={found().items.length > 0}>
              <button type="button" class="button" onClick={() => openAll(found())}>
                Open in the grid
              </button>
            </Show>
          </div>
          <ul class="judged-photos" aria-label="Photos">
            <For each={found().items}>{(one) => <Photo one={one} />}</For>
          </ul>
        </>
      )}
    </Loaded>
  )
}

function Photo(props: { one: Judged['items'][number] }): JSX.Element {
  return (
    <li class="judged-photos-one">
      <A href={`/photos/${props.one.detection.mediaId}`}>
        <img src={props.one.detection.cropUrl} alt="Crop, opens the whole" loading="lazy" />
      </A>
      <p>
        <Show when={props.one.truth} fallback="a deleted taxon">
          {(taxon) => <TaxonName taxon={taxon()} common={false} />}
        </Show>
      </p>
      <Said of={props.one} word="Said" />
      <Show when={props.one.before}>{(before) => <Said of={before()} word="Before" />}</Show>
    </li>
  )
}

function Said(props: {
  of: Pick<Judged['items'][number], 'said' | 'probability' | 'right'>
  word: string
}): JSX.Element {
  return (
    <p class="judged-photos-said" classList={{ wrong: !props.of.right }}>
      {props.word}: {props.of.right ? 'right' : (props.of.said?.name ?? 'a deleted taxon')},{' '}
      {percentText(props.of.probability)}
    </p>
  )
}
