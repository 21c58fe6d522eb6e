// Search in the grid: like the chosen animals, not like others, or like a photo of one's own. The address holds the
// examples, so a search can be kept as a link and made narrower step by step.

import { useSearchParams } from '@solidjs/router'
import { createSignal, For, type JSX, Show } from 'solid-js'
import { ImagePlus, X } from '../icons/icons.ts'
import { notifyFailure } from '../parts/notices.tsx'
import { searchLike, searchPhoto } from '../server/cohorts/searches.ts'
import './by-example.css'

const MOST_EXAMPLES = 20

const idsOf = (value: string | string[] | undefined): string[] =>
  typeof value === 'string' ? value.split(',').filter((id) => /^\d+$/.test(id)) : []
const together = (ids: readonly string[], more: readonly string[]) =>
  [...new Set([...ids, ...more])].slice(-MOST_EXAMPLES)

export function ByExample(props: { chosen: readonly string[] }): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const like = () => idsOf(search.like)
  const unlike = () => idsOf(search.unlike)
  const [busy, setBusy] = createSignal(false)

  const look = async (nextLike: string[], nextUnlike: string[]) => {
    if (nextLike.length === 0) return end()
    setBusy(true)
    try {
      const selection = await searchLike(nextLike, nextUnlike)
      const unlikeText = nextUnlike.length > 0 ? nextUnlike.join(',') : null
      setSearch({ selection, order: 'given', like: nextLike.join(','), unlike: unlikeText })
    } catch (error) {
      notifyFailure('Nothing was found', error)
    }
    setBusy(false)
  }
  const end = () => setSearch({ selection: null, order: null, like: null, unlike: null })
  const less = (ids: string[], id: string) => ids.filter((one) => one !== id)

  return (
    <Show when={props.chosen.length > 0 || like().length > 0}>
      <section class="by-example" aria-label="Search by examples" aria-busy={busy()}>
        <Show when={like().length > 0} fallback={<p>Search for animals:</p>}>
          <Examples words="Like" ids={like()} onLess={(id) => void look(less(like(), id), unlike())} />
          <Show when={unlike().length > 0}>
            <Examples words="Not like" ids={unlike()} onLess={(id) => void look(like(), less(unlike(), id))} />
          </Show>
        </Show>
        <div class="acts">
          <Show when={props.chosen.length > 0}>
            <button
              type="button"
              class="button"
              disabled={busy()}
              onClick={() =>
                void look(
                  together(like(), props.chosen),
                  unlike().filter((id) => !props.chosen.includes(id)),
                )
              }
            >
              Like these
            </button>
            <Show when={like().length > 0}>
              <button
                type="button"
                class="button"
                disabled={busy()}
                onClick={() =>
                  void look(
                    like().filter((id) => !props.chosen.includes(id)),
                    together(unlike(), props.chosen),
                  )
                }
              >
                Not like these
              </button>
            </Show>
          </Show>
          <Show when={like().length > 0}>
            <button type="button" class="button quiet" onClick={end}>
              End the search
            </button>
          </Show>
        </div>
      </section>
    </Show>
  )
}

function Examples(props: { words: string; ids: string[]; onLess: (id: string) => void }): JSX.Element {
  return (
    <div class="by-example-group">
      <span>{props.words}</span>
      <ul class="by-example-crops" aria-label={`${props.words} these`}>
        <For each={props.ids}>
          {(id) => (
            <li>
              <button
                type="button"
                class="by-example-crop"
                aria-label={`Remove this example (${props.words.toLowerCase()})`}
                onClick={() => props.onLess(id)}
              >
                <img src={`/api/detections/${id}/crop`} alt="" />
                <X size={14} aria-hidden="true" />
              </button>
            </li>
          )}
        </For>
      </ul>
    </div>
  )
}

/** A button that searches by a photo, which is not stored. */
export function PhotoSearch(): JSX.Element {
  const [, setSearch] = useSearchParams()
  const [busy, setBusy] = createSignal(false)
  let input: HTMLInputElement | undefined
  const look = async (photo: File | undefined) => {
    if (!photo) return
    setBusy(true)
    try {
      setSearch({ selection: await searchPhoto(photo), order: 'given', like: null, unlike: null })
    } catch (error) {
      notifyFailure('Nothing was found', error)
    }
    setBusy(false)
  }
  return (
    <>
      <button
        type="button"
        class="button quiet"
        disabled={busy()}
        title="Find animals like the one in a photo, which is not stored"
        onClick={() => input?.click()}
      >
        <ImagePlus size={15} /> {busy() ? 'Looking …' : 'By a photo'}
      </button>
      <input
        ref={input}
        type="file"
        class="unseen"
        tabindex="-1"
        aria-label="Photo to search by"
        accept="image/*"
        onChange={(event) => {
          void look(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}
