// How many animals are identified, by whom, and how far the others are.

import { useQuery } from '@tanstack/solid-query'
import { For, type JSX, Show } from 'solid-js'
import type { ConfirmedInsight } from '../../../api/contract/insight.ts'
import { Chart } from '../../charts/chart.tsx'
import { count, counted } from '../../parts/format.ts'
import { confirmedInsight } from '../../server/insight.ts'
import { type ChartProps, noAnimals } from './chart-props.ts'
import '../../charts/drawing.css'
import '../../charts/legend.css'
import './confirmed-chart.css'

type State = Exclude<keyof ConfirmedInsight, 'animals' | 'people'>
const states: readonly { key: State; name: string; tone: 'leaf' | 'leaf-light' | 'rust' | 'ochre' | 'faint' }[] = [
  { key: 'byPeople', name: 'identified by people', tone: 'leaf' },
  { key: 'byImport', name: 'identified by an imported label', tone: 'leaf-light' },
  { key: 'conflict', name: 'in conflict', tone: 'rust' },
  { key: 'suggested', name: 'only suggested', tone: 'ochre' },
  { key: 'open', name: 'no suggestion yet', tone: 'faint' },
]

const MOST_PEOPLE = 6

export function ConfirmedChart(props: ChartProps): JSX.Element {
  const query = useQuery(() => confirmedInsight(props.filter))
  const openPerson = (person: string) => props.opener.bar(`By ${person}`, { ...props.filter, person })
  return (
    <Chart
      title="Share confirmed"
      name="confirmed"
      query={query}
      empty={noAnimals}
      table={(data) => ({
        columns: ['state', 'animals'],
        rows: [
          ...states.map(({ key, name }) => ({ cells: [name, data[key]] })),
          ...data.people.map(({ person, animals }) => ({
            cells: [`by ${person}`, animals],
            open: () => openPerson(person),
          })),
        ],
      })}
    >
      {(data, width) => <Confirmed data={data()} width={width()} onPerson={openPerson} />}
    </Chart>
  )
}

function Confirmed(props: { data: ConfirmedInsight; width: number; onPerson: (person: string) => void }): JSX.Element {
  const share = () => (props.data.byPeople + props.data.byImport) / Math.max(1, props.data.animals)
  const before = (at: number) => states.slice(0, at).reduce((sum, { key }) => sum + props.data[key], 0)
  const x = (animals: number) => (animals / Math.max(1, props.data.animals)) * props.width
  return (
    <div class="confirmed-chart">
      <p class="confirmed-chart-share">
        {Math.floor(share() * 100)} %<span> of {counted(props.data.animals, 'animal')} identified</span>
      </p>
      <svg
        class="drawing"
        viewBox={`0 0 ${props.width} 30`}
        role="img"
        aria-label={states.map(({ key, name }) => `${name}: ${count(props.data[key])}`).join(', ')}
      >
        <For each={states}>
          {({ key, name, tone }, at) => (
            <rect class={`drawing-part ${tone}`} x={x(before(at()))} y={2} width={x(props.data[key])} height={26}>
              <title>{`${name}: ${count(props.data[key])}`}</title>
            </rect>
          )}
        </For>
      </svg>
      <ul class="confirmed-chart-states">
        <For each={states.filter(({ key }) => props.data[key] > 0)}>
          {({ key, name, tone }) => (
            <li>
              <span class={`legend-key ${tone}`} /> {name} <strong>{count(props.data[key])}</strong>
            </li>
          )}
        </For>
      </ul>
      <Show when={props.data.people.length > 0}>
        <h3>Identified by</h3>
        <ul class="confirmed-chart-people">
          <For each={props.data.people.slice(0, MOST_PEOPLE)}>
            {({ person, animals }) => (
              <li>
                <button type="button" onClick={() => props.onPerson(person)}>
                  {person}
                </button>
                <span>{count(animals)}</span>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </div>
  )
}
