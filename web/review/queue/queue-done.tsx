// The end of a queue: what it means for this queue, and where to continue.

import { A } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { type JSX, Match, Show, Switch } from 'solid-js'
import type { QueueName } from '../../../api/contract/queue.ts'
import { type AnimalFilter, listed, narrowings, queueNames } from '../../filter/filter.ts'
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

const noneWaiting = {
  title: 'No animal is waiting',
  text: 'Everything found so far is identified. Add photos, or review recent identifications.',
}
const nothingIn: Record<QueueName, { title: string; text: string }> = {
  useful: noneWaiting,
  unsure: noneWaiting,
  results: {
    title: 'No record is in doubt',
    text: 'Where one animal decides whether a taxon is recorded at a station in a week, it is listed here. Photos need a deployment and a time.',
  },
  unidentified: noneWaiting,
  novel: {
    title: 'Nothing looks new',
    text: 'Every waiting animal fits a known taxon. Animals that fit none are listed here, to be identified or added as a new taxon.',
  },
  firstHere: {
    title: 'Nothing looks like a first record',
    text: 'Where at least ten events of a station are confirmed, animals that look like a taxon never met there are listed here. Photos need a deployment.',
  },
  conflict: { title: 'No conflicts', text: 'When two people identify an animal differently, it is listed here.' },
  wrongLabel: {
    title: 'No label looks wrong',
    text: 'When the tree and the most similar photos contradict an identification, the animal is listed here.',
  },
  falseTrigger: {
    title: 'An animal was found in every photo',
    text: 'Photos in which the detector found nothing are listed here. Draw a box around an animal it missed, or mark the photo as empty.',
  },
  recent: { title: 'Nothing identified yet', text: 'The animals that people identify are listed here.' },
  flagged: {
    title: 'No flagged photos',
    text: 'Flag a photo that you or somebody else should look at again. Its animals are listed here until the flag is removed.',
  },
  secondLook: {
    title: 'Nothing needs a second look',
    text: 'Conflicts, one in twenty of what others identified, and everybody’s first ten are listed here until you have looked too.',
  },
  marked: {
    title: 'Nothing is marked',
    text: 'What is marked as no animal, a person, a vehicle or unknown is listed here, and what is in photos that were set aside.',
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
  const counts = useQuery(() => queueCounts(listed({})))
  const seen = () => props.passed > 0
  const narrowed = () => narrowings(props.filter) > 0
  const noPhotos = () => {
    const media = dataOf(totals)?.media
    return media !== undefined && media.indexed + media.queued === 0
  }
  const looking = () => dataOf(totals)?.media.queued ?? 0
  /** Another queue with animals in it, offered where this one is empty. */
  const other = () => dataOf(counts)?.queues.find((queue) => queue.count > 0 && queue.name !== props.filter.queue)
  const title = () => {
    if (seen()) return 'You have reached the end'
    if (narrowed()) return 'No animals match these filters'
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
              Review the skipped ones
            </button>
          </Show>
          <Show when={narrowed()}>
            <button type="button" class="button" onClick={() => props.onUnfiltered()}>
              Clear filters
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
              <Undo2 size={15} /> Undo the last step <KeyHint action="undo" />
            </button>
          </Show>
          <A href="/add" class="button">
            Add photos
          </A>
        </>
      }
    >
      <Switch fallback={nothingIn[props.filter.queue].text}>
        <Match when={seen()}>You can go through the skipped animals again.</Match>
        <Match when={narrowed()}>Clear a filter, or choose another queue.</Match>
        <Match when={noPhotos()}>Add photos. The animals found in them wait here with suggestions.</Match>
        <Match when={looking() > 0}>
          {counted(looking(), 'photo')} {looking() === 1 ? 'is' : 'are'} still being processed. New animals appear here
          by themselves.
        </Match>
      </Switch>
    </Message>
  )
}
