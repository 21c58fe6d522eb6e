// Where cameras stood and when: a table and a map, on which deployments are added, changed, placed and removed.

import { useSearchParams } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import { Download, Plus } from '../icons/icons.ts'
import { cameraTime, count, counted } from '../parts/format.ts'
import { Failure, Message } from '../parts/message.tsx'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { mayAs } from '../person/person.ts'
import {
  addDeployment,
  changeDeployment,
  type Deployment,
  deploymentList,
  EXPORT_ADDRESS,
  type DeploymentForm as Fields,
  refetchDeployments,
  removeDeployment,
} from '../server/deployments.ts'
import { dataOf } from '../server/query-client.ts'
import { takeBack } from '../upload/missing/announce.ts'
import { MissingFacts } from '../upload/missing/missing-facts.tsx'
import { DeploymentForm } from './deployment-form.tsx'
import { ImportTable } from './import-table.tsx'
import { offsetText } from './offsets.ts'
import { PlaceMap } from './place-map.tsx'
import { ZoneChoice } from './zone-choice.tsx'
import './deployments.css'

const NEW = 'new'

export default function Deployments(): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const list = useQuery(deploymentList)
  const all = () => dataOf(list)?.items ?? []
  const chosenId = () => (typeof search.id === 'string' ? search.id : undefined)
  const chosen = createMemo(() => all().find(({ id }) => id === chosenId()) ?? null)
  const [placing, setPlacing] = createSignal(false)
  const [point, setPoint] = createSignal<{ latitude: number; longitude: number } | null>(null)
  const choose = (id: string | null) => {
    setPlacing(false)
    setPoint(null)
    setSearch({ id })
  }
  const place = (at: { latitude: number; longitude: number }) => {
    setPoint(at)
    setPlacing(false)
  }
  const stations = createMemo(() => [...new Set(all().map(({ name, station }) => station ?? name))].sort())
  const editing = () => mayAs('editor') && (chosen() !== null || chosenId() === NEW)

  const save = async (fields: Fields) => {
    const of = chosen()
    const { movedPhotos } =
      of === null ? await addDeployment(fields) : await changeDeployment(of.id, { ...fields, revision: of.revision })
    if (movedPhotos > 0)
      notify({
        title: `${counted(movedPhotos, 'photo')} moved`,
        text: 'Their place and time belong to another deployment.',
      })
    choose(null)
    refetchDeployments()
  }
  const remove = async ({ id, name }: Deployment) => {
    try {
      const { action, photos } = await removeDeployment(id)
      choose(null)
      notify({
        title: `${name} is removed`,
        text: photos > 0 ? `${counted(photos, 'photo')} have no deployment now.` : undefined,
        action: { label: 'Undo', act: () => void takeBack(action.id) },
      })
    } catch (error) {
      notifyFailure('The deployment could not be removed', error)
    }
    refetchDeployments()
  }

  return (
    <div class="page deployments">
      <header class="page-head">
        <h1>Deployments</h1>
        <div class="acts">
          <Show when={mayAs('editor')}>
            <button type="button" class="button primary" onClick={() => choose(NEW)}>
              <Plus size={16} /> Add
            </button>
            <ImportTable />
          </Show>
          <Show when={mayAs('reviewer')}>
            <a class="button" href={EXPORT_ADDRESS} download="" target="_self">
              <Download size={16} /> Table as CSV
            </a>
          </Show>
        </div>
      </header>
      <Switch fallback={<div class="skeleton deployments-skeleton" aria-busy="true" />}>
        <Match when={list.status === 'error'}>
          <Failure error={list.error} retry={() => void list.refetch()} />
        </Match>
        <Match when={dataOf(list) && all().length === 0 && !editing()}>
          <Message
            title="No deployments yet"
            actions={
              <Show when={mayAs('editor')}>
                <button type="button" class="button primary" onClick={() => choose(NEW)}>
                  Add a deployment
                </button>
              </Show>
            }
          >
            A deployment is a camera that stood at one place for a while. Importing folders named after places makes
            them; a table brings in their dates and coordinates (“Table as CSV” is the template, Camtrap DP’s
            deployments.csv works too).
          </Message>
        </Match>
        <Match when={dataOf(list)}>
          <div class="deployments-body" classList={{ editing: editing() }}>
            <div class="deployments-main">
              <PlaceMap
                deployments={all()}
                chosen={chosenId()}
                onChoose={choose}
                onPoint={placing() ? place : undefined}
              />
              <MissingFacts />
              <DeploymentTable deployments={all()} chosen={chosenId()} onChoose={choose} />
              <Show when={mayAs('editor')}>
                <ZoneChoice />
              </Show>
            </div>
            <Show when={editing() && (chosenId() ?? NEW)} keyed>
              {(id) => (
                <aside class="panel deployments-side">
                  <DeploymentForm
                    of={id === NEW ? null : chosen()}
                    stations={stations()}
                    point={point()}
                    placing={placing()}
                    onPlacing={setPlacing}
                    onSave={save}
                    onRemove={
                      id === NEW
                        ? undefined
                        : () => {
                            const of = chosen()
                            if (of !== null) void remove(of)
                          }
                    }
                    onClose={() => choose(null)}
                  />
                </aside>
              )}
            </Show>
          </div>
        </Match>
      </Switch>
    </div>
  )
}

/** Six digits are a decimetre. */
const degrees = (value: number | null) => (value === null ? '' : String(Math.round(value * 1e6) / 1e6))

function DeploymentTable(props: {
  deployments: readonly Deployment[]
  chosen: string | undefined
  onChoose: (id: string) => void
}): JSX.Element {
  const unknown = () => <span class="deployments-unknown">–</span>
  const when = (recorded: string | null, photo: string | null) => (
    <Show
      when={recorded}
      fallback={
        <Show when={photo} fallback={unknown()}>
          {(at) => <i title="From its photos">{cameraTime(at())}</i>}
        </Show>
      }
    >
      {(at) => cameraTime(at())}
    </Show>
  )
  return (
    <section class="deployments-table" tabindex="0" aria-label="Deployments: table">
      <table>
        <thead>
          <tr>
            <For each={['Name', 'Station', 'Latitude, longitude', 'From', 'To', 'Camera', 'Clock', 'Photos']}>
              {(column) => <th scope="col">{column}</th>}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={props.deployments}>
            {(one) => (
              <tr aria-current={one.id === props.chosen ? 'true' : undefined}>
                <th scope="row">
                  <button type="button" class="button quiet" onClick={() => props.onChoose(one.id)}>
                    {one.name.replaceAll('_', ' ')}
                  </button>
                </th>
                <td>{one.station ?? unknown()}</td>
                <td>
                  <Show when={one.latitude !== null} fallback={unknown()}>
                    {degrees(one.latitude)}, {degrees(one.longitude)}
                  </Show>
                </td>
                <td>{when(one.start, one.firstPhoto)}</td>
                <td>{when(one.end, one.lastPhoto)}</td>
                <td>{one.camera ?? unknown()}</td>
                <td>{offsetText(one.clockOffsetSeconds) || unknown()}</td>
                <td>{count(one.photos)}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
      <p class="deployments-legend">Slanted times are those of the first and last photo: nobody recorded the date.</p>
    </section>
  )
}
