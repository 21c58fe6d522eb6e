// Asks for what photos lack: when they were taken, where no clock says so, and where their camera stood, where they
// carry coordinates and their deployment has none.

import { useQuery } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Show } from 'solid-js'
import { MapPin } from '../../icons/icons.ts'
import { count, counted } from '../../parts/format.ts'
import { notifyFailure } from '../../parts/notices.tsx'
import { mayAs } from '../../person/person.ts'
import { changeDeployment, importDeployments, refetchDeployments } from '../../server/deployments.ts'
import { dataOf } from '../../server/query-client.ts'
import { type MissingFacts as Facts, missingFacts } from '../../server/survey/missing.ts'
import { announce } from './announce.ts'
import { TellTimes } from './tell-times.tsx'
import './missing-facts.css'

const SHOWN = 4

/** `importId`: only what concerns photos of this import. */
export function MissingFacts(props: { importId?: string }): JSX.Element {
  const asked = useQuery(() => ({ ...missingFacts(props.importId), enabled: mayAs('editor') }))
  const items = () => dataOf(asked)?.items ?? []
  const [all, setAll] = createSignal(false)
  return (
    <Show when={items().length > 0}>
      <section class="panel missing-facts" aria-label="What photos lack">
        <div class="ends wrapping">
          <h2>What photos lack</h2>
          <PlaceAll items={items()} />
        </div>
        <ul>
          <For each={all() ? items() : items().slice(0, SHOWN)}>
            {(item) => (
              <>
                <Show when={item.undated > 0}>
                  <li class="missing-facts-one">
                    <TellTimes item={item} importId={props.importId} onDone={announce} />
                  </li>
                </Show>
                <Show when={item.deployment && item.place}>
                  <OfferedPlace item={item} />
                </Show>
              </>
            )}
          </For>
        </ul>
        <Show when={!all() && items().length > SHOWN}>
          <button type="button" class="button quiet" onClick={() => setAll(true)}>
            Show all {count(items().length)} deployments
          </button>
        </Show>
      </section>
    </Show>
  )
}

const quoted = (text: string) => `"${/^[=+\-@]/.test(text) ? "'" : ''}${text.replaceAll('"', '""')}"`

/** One act for all deployments whose photos agree on a place. */
function PlaceAll(props: { items: readonly Facts[] }): JSX.Element {
  const agreed = () =>
    props.items.flatMap(({ deployment, place }) =>
      deployment !== null && place !== null && place.spreadMetres <= FAR_METRES ? [{ ...place, ...deployment }] : [],
    )
  const take = async () => {
    const rows = agreed().map(({ name, latitude, longitude }) => `${quoted(name)},${latitude},${longitude}`)
    try {
      const table = new Blob([`${['name,latitude,longitude', ...rows].join('\n')}\n`])
      const { action, changed } = await importDeployments(table, false)
      announce(
        `${counted(changed.length, 'deployment has', 'deployments have')} the coordinates of their photos`,
        action,
      )
    } catch (error) {
      notifyFailure('The coordinates could not be taken', error)
    }
  }
  return (
    <Show when={agreed().length > 1}>
      <button type="button" class="button" onClick={() => void take()}>
        <MapPin size={16} /> Use the coordinates of all {count(agreed().length)}
      </button>
    </Show>
  )
}

/** Beyond this the photos were hardly taken at one place. */
const FAR_METRES = 500

function OfferedPlace(props: { item: Facts }): JSX.Element {
  const place = () => props.item.place!
  const name = () => props.item.deployment?.name.replaceAll('_', ' ') ?? ''
  const far = () => {
    const { spreadMetres } = place()
    if (spreadMetres <= FAR_METRES) return ''
    const apart = spreadMetres < 10_000 ? `${count(spreadMetres)} m` : `${count(Math.round(spreadMetres / 1000))} km`
    return ` They lie up to ${apart} apart; this is their middle.`
  }
  const take = async () => {
    const { deployment } = props.item
    if (deployment === null) return
    const { latitude, longitude } = place()
    try {
      const { action } = await changeDeployment(deployment.id, { latitude, longitude, revision: deployment.revision })
      announce(`${name()} has the coordinates of its photos`, action)
    } catch (error) {
      notifyFailure('The coordinates could not be taken', error)
      refetchDeployments()
    }
  }
  return (
    <li class="missing-facts-one">
      <p>
        <b>{name()} has no coordinates.</b> {counted(place().photos, 'photo')} of it{' '}
        {place().photos === 1 ? 'carries' : 'carry'} {place().latitude}, {place().longitude}.{far()}
      </p>
      <button
        type="button"
        class="button"
        aria-label={`Use these coordinates for ${name()}`}
        onClick={() => void take()}
      >
        <MapPin size={16} /> Use these
      </button>
    </li>
  )
}
