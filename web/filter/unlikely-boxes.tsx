// How many boxes a view leaves out because they are probably no animals, and one click that shows them.

import { useQuery } from '@tanstack/solid-query'
import { type JSX, Match, Switch } from 'solid-js'
import { Eye, EyeOff } from '../icons/icons.ts'
import { queueCounts } from '../server/detections.ts'
import { dataOf } from '../server/query-client.ts'
import { type AnimalFilter, listed } from './filter.ts'
import { countText } from './queue-menu.tsx'
import './unlikely-boxes.css'

export function UnlikelyBoxes(props: { filter: AnimalFilter; onFilter: (filter: AnimalFilter) => void }): JSX.Element {
  const counts = useQuery(() => queueCounts(listed({ ...props.filter, unlikely: 'only' })))
  const left = () => dataOf(counts)?.queues.find(({ name, count }) => name === props.filter.queue && count > 0)
  const show = (unlikely: AnimalFilter['unlikely']) => props.onFilter({ ...props.filter, unlikely })
  const boxes = () => {
    const of = left()
    return of === undefined ? '' : `${countText(of)} ${of.count === 1 ? 'box' : 'boxes'}`
  }
  return (
    <Switch>
      <Match when={props.filter.unlikely !== undefined}>
        <button type="button" class="button quiet unlikely-boxes" onClick={() => show(undefined)}>
          <EyeOff size={14} aria-hidden="true" />{' '}
          {props.filter.unlikely === 'only'
            ? 'Only probably not animals: show the others'
            : 'Hide what is probably no animal'}
        </button>
      </Match>
      <Match when={left()}>
        <button
          type="button"
          class="button quiet unlikely-boxes"
          title="By what people marked at this and other cameras, these are probably no animals. Nothing is deleted."
          onClick={() => show('only')}
        >
          <Eye size={14} aria-hidden="true" />
          <span>
            {boxes()} hidden<span class="unlikely-boxes-why">: probably not animals</span>
          </span>
        </button>
      </Match>
    </Switch>
  )
}
