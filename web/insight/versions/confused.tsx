// Which taxa are taken for each other: a matrix whose cells open their photos, and how far mistakes are off along the
// tree.

import { useSearchParams } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, For, type JSX, Show } from 'solid-js'
import type { Confusions } from '../../../api/contract/models/version.ts'
import { count, counted, percentText } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { ranks } from '../../parts/taxon/ranks.ts'
import { type ConfusionRank, type JudgedFilter, versionConfusions } from '../../server/models/versions.ts'
import { JudgedPhotos } from './judged-photos.tsx'
import './confused.css'

/** More rows and columns than this cannot be read. */
const MOST_SHOWN = 24

type Named = { id: string; name: string }
type Matrix = { taxa: Named[]; left: number; at: (truth: string, said: string) => number }

function matrixOf({ cells }: Confusions): Matrix {
  const byPair = new Map<string, number>()
  const mistakes = new Map<string, Named & { wrong: number; photos: number }>()
  for (const { truth, said, photos } of cells) {
    if (!truth || !said) continue
    byPair.set(`${truth.id} ${said.id}`, photos)
    for (const one of truth.id === said.id ? [truth] : [truth, said]) {
      const known = mistakes.get(one.id) ?? { id: one.id, name: one.name, wrong: 0, photos: 0 }
      const wrong = known.wrong + (truth.id === said.id ? 0 : photos)
      mistakes.set(one.id, { ...known, wrong, photos: known.photos + photos })
    }
  }
  const ordered = [...mistakes.values()].sort((a, b) => b.wrong - a.wrong || b.photos - a.photos)
  const shown = ordered.slice(0, MOST_SHOWN).sort((a, b) => a.name.localeCompare(b.name, 'en'))
  return {
    taxa: shown,
    left: ordered.length - shown.length,
    at: (truth, said) => byPair.get(`${truth} ${said}`) ?? 0,
  }
}

export function Confused(props: { version: string; rank: ConfusionRank }): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const query = useQuery(() => versionConfusions(props.version, props.rank))
  const text = (value: string | string[] | undefined) => (typeof value === 'string' && value !== '' ? value : undefined)
  const shared = () => (search.shared === 'none' ? ('none' as const) : ranks.find((one) => one === search.shared))
  const chosen = createMemo((): JudgedFilter | null => {
    const [truth, said] = [text(search.truth), text(search.said)]
    const severity = shared()
    if (severity) return { rank: props.rank, shared: severity }
    return truth && said ? { rank: props.rank, truth, said } : null
  })
  const choose = (cell: { truth: string; said: string } | null, severity: string | null) =>
    setSearch({ truth: cell?.truth ?? null, said: cell?.said ?? null, shared: severity }, { scroll: false })
  return (
    <section class="part" aria-label="Taken for each other">
      <h2>Taken for each other</h2>
      <Loaded
        query={query}
        fallback={<div class="skeleton confused-wait" role="status" aria-label="Loading the matrix" />}
      >
        {(found) => (
          <>
            <p class="remark">
              {count(found().right)} of {counted(found().photos, 'photo')} are right. A row is what the animal is, a
              column what it is taken for. Choose a number to see its photos.
            </p>
            <Severity
              mistakes={found().mistakes}
              chosen={shared()}
              onChoose={(severity) => choose(null, severity === shared() ? null : severity)}
            />
            <Grid
              matrix={matrixOf(found())}
              chosen={{ truth: text(search.truth), said: text(search.said) }}
              onChoose={(truth, said) => choose({ truth, said }, null)}
            />
            <Show when={chosen()}>{(filter) => <JudgedPhotos version={props.version} filter={filter()} />}</Show>
          </>
        )}
      </Loaded>
    </section>
  )
}

const sharedText = (rank: string | null) => (rank === null ? 'Nothing is right' : `Right down to the ${rank}`)

function Severity(props: {
  mistakes: Confusions['mistakes']
  chosen: string | undefined
  onChoose: (rank: string) => void
}): JSX.Element {
  const all = () => props.mistakes.reduce((sum, { photos }) => sum + photos, 0)
  return (
    <Show when={all() > 0}>
      <fieldset class="confused-severity" aria-label="How far mistakes are off">
        <For each={props.mistakes}>
          {({ rank, photos }) => (
            <button
              type="button"
              class="button"
              aria-pressed={props.chosen === (rank ?? 'none')}
              onClick={() => props.onChoose(rank ?? 'none')}
            >
              {sharedText(rank)}: {count(photos)} ({percentText(photos / all())})
            </button>
          )}
        </For>
      </fieldset>
    </Show>
  )
}

function Grid(props: {
  matrix: Matrix
  chosen: { truth: string | undefined; said: string | undefined }
  onChoose: (truth: string, said: string) => void
}): JSX.Element {
  const most = createMemo(() =>
    Math.max(
      1,
      ...props.matrix.taxa.flatMap(({ id }) => props.matrix.taxa.map((other) => props.matrix.at(id, other.id))),
    ),
  )
  const isChosen = (truth: string, said: string) => props.chosen.truth === truth && props.chosen.said === said
  return (
    <>
      <section class="confused-scroll" tabindex="0" aria-label="Matrix of what animals are and what they are taken for">
        <table class="confused-matrix">
          <thead>
            <tr>
              <td />
              <For each={props.matrix.taxa}>
                {({ name }) => (
                  <th scope="col">
                    <span>{name}</span>
                  </th>
                )}
              </For>
            </tr>
          </thead>
          <tbody>
            <For each={props.matrix.taxa}>
              {(truth) => (
                <tr>
                  <th scope="row">{truth.name}</th>
                  <For each={props.matrix.taxa}>
                    {(said) => {
                      const photos = () => props.matrix.at(truth.id, said.id)
                      const share = () => 0.1 + 0.42 * Math.sqrt(photos() / most())
                      return (
                        <td>
                          <Show when={photos() > 0}>
                            <button
                              type="button"
                              class="confused-cell"
                              classList={{ right: truth.id === said.id }}
                              style={{ '--share': `${Math.round(100 * share())}%` }}
                              aria-pressed={isChosen(truth.id, said.id)}
                              aria-label={`${truth.name} taken for ${said.name}: ${counted(photos(), 'photo')}`}
                              onClick={() => props.onChoose(truth.id, said.id)}
                            >
                              {count(photos())}
                            </button>
                          </Show>
                        </td>
                      )
                    }}
                  </For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </section>
      <Show when={props.matrix.left > 0}>
        <p class="remark">{counted(props.matrix.left, 'taxon', 'taxa')} with fewer mistakes are left out.</p>
      </Show>
    </>
  )
}
