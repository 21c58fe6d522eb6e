// The end of a queue: what that means in this one, and where to go from here.

import { A } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { type JSX, Match, Show, Switch } from 'solid-js'
import type { QueueName } from '../../../api/contract/queue.ts'
import { type AnimalFilter, narrowings, queueNames } from '../../filter/filter.ts'
import { CircleCheck, Undo2 } from '../../icons/icons.ts'
import { KeyHint } from '../../keys/key-hint.tsx'
import { useActions } from '../../keys/use-actions.ts'
import { counted } from '../../parts/format.ts'
import { Message } from '../../parts/message.tsx'
import { person } from '../../person/person.ts'
import { undoable } from '../../server/actions.ts'
import { queueCounts } from '../../server/detections.ts'
import { dataOf } from '../../server/query-client.ts'
import { summary } from '../../server/summary.ts'

const nothingIn: Record<QueueName, { title: string; text: string }> = {
  unsure: {
    title: 'No animal is waiting',
    text: 'Everything found so far is identified. Add photos, or look at what was identified lately.',
  },
  unidentified: {
    title: 'No animal is waiting',
    text: 'Everything found so far is identified. Add photos, or look at what was identified lately.',
  },
  novel: {
    title: 'Nothing looks new',
    text: 'Every waiting animal fits a taxon that is known. One that fits none waits here, to be named or made a new taxon.',
  },
  conflict: { title: 'Nobody disagrees', text: 'When two people identify an animal differently, it is listed here.' },
  wrongLabel: {
    title: 'No label looks wrong',
    text: 'When an identified animal looks like something else to the tree and to its most similar photos, it is listed here.',
  },
  falseTrigger: {
    title: 'An animal was found in every photo',
    text: 'Photos in which the detector finds nothing wait here: draw a box around an animal it missed, or say that they are empty.',
  },
  recent: { title: 'Nothing identified yet', text: 'Confirm a suggestion, and it is listed here.' },
  flagged: {
    title: 'No photo is flagged',
    text: 'Flag a photo that you or somebody else should look at again: its animals are listed here until the flag is taken away.',
  },
}

export function QueueDone(props: {
  filter: AnimalFilter
  passed: number
  onAgain: () => void
  onUnfiltered: () => void
  onQueue: (name: QueueName) => void
  onUndo: () => void
  onRedo: () => void
  onChooseQueue: () => void
}): JSX.Element {
  useActions(() => ({ undo: props.onUndo, redo: props.onRedo, queues: props.onChooseQueue }))
  const steps = useQuery(() => undoable(person()))
  const totals = useQuery(summary)
  const counts = useQuery(() => queueCounts({}))
  const seen = () => props.passed > 0
  const narrowed = () => narrowings(props.filter) > 0
  const noPhotos = () => {
    const media = dataOf(totals)?.media
    return media !== undefined && media.indexed + media.queued === 0
  }
  const looking = () => dataOf(totals)?.media.queued ?? 0
  /** Another queue with something in it, where this one was empty from the start. */
  const other = () => dataOf(counts)?.queues.find((queue) => queue.count > 0 && queue.name !== props.filter.queue)
  const title = () => {
    if (seen()) return 'You have seen them all'
    if (narrowed()) return 'Nothing here with these filters'
    if (noPhotos()) return 'No photos yet'
    return nothingIn[props.filter.queue].title
  }
  return (
    <Message
      icon={<CircleCheck size={26} />}
      title={title()}
      actions={
        <>
          <Show when={seen()}>
            <button type="button" class="button primary" onClick={() => props.onAgain()}>
              Those left for later
            </button>
          </Show>
          <Show when={narrowed()}>
            <button type="button" class="button" onClick={() => props.onUnfiltered()}>
              Without filters
            </button>
          </Show>
          <Show when={!narrowed() && other()}>
            {(queue) => (
              <button type="button" class="button" onClick={() => props.onQueue(queue().name)}>
                {queueNames[queue().name]}
              </button>
            )}
          </Show>
          <Show when={dataOf(steps)?.undo}>
            <button type="button" class="button" onClick={() => props.onUndo()}>
              <Undo2 size={15} /> Undo the last <KeyHint action="undo" />
            </button>
          </Show>
          <A href="/add" class="button">
            Add photos
          </A>
        </>
      }
    >
      <Switch fallback={nothingIn[props.filter.queue].text}>
        <Match when={seen()}>What you left for later can be gone through again.</Match>
        <Match when={narrowed()}>Take a filter away, or choose another queue.</Match>
        <Match when={noPhotos()}>
          Add some: each animal in them is found, suggested a taxon, and waits here for you.
        </Match>
        <Match when={looking() > 0}>
          {counted(looking(), 'photo')} still being looked at: their animals appear here by themselves.
        </Match>
      </Switch>
    </Message>
  )
}
