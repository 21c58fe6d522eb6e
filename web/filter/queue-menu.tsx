// The menu of queues with the number of animals in each.

import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { useQuery } from '@tanstack/solid-query'
import { For, type JSX, Show } from 'solid-js'
import type { QueueCount, QueueName } from '../../api/contract/queue.ts'
import { ChevronDown } from '../icons/icons.ts'
import { focusView } from '../keys/focus.ts'
import { KeyHint } from '../keys/key-hint.tsx'
import { titleOf } from '../keys/use-actions.ts'
import { count } from '../parts/format.ts'
import { queueCounts } from '../server/detections.ts'
import { dataOf } from '../server/query-client.ts'
import { isQueueName, listed, type Narrowing, queueNames, queueOrder } from './filter.ts'
import './queue-menu.css'

const queueWords: Record<QueueName, string> = {
  useful: 'The animals that teach the tree most come first, and each says why',
  unsure: 'The animals that the tree is least sure of come first',
  results: 'One answer decides whether a taxon is recorded at a station in a week',
  unidentified: 'Animals that nobody has identified, newest first',
  novel: 'More likely to be a new taxon than any known one',
  firstHere: 'Looks like a taxon that was never met at its station',
  conflict: 'Identified differently by two people',
  wrongLabel: 'Identified as one taxon, but everything else suggests another',
  falseTrigger: 'Photos in which no animal was found',
  recent: 'Identified by people, newest first',
  flagged: 'Photos to look at again',
  secondLook: 'Identified by others: conflicts, one in twenty, and the first ten of everybody',
  marked: 'No animal, a person, a vehicle, unknown, or in a photo without an animal',
}

export const countText = (of: QueueCount): string => `${count(of.count)}${of.capped ? '+' : ''}`

export function QueueMenu(props: {
  name: QueueName
  narrowing: Narrowing
  open: boolean
  onOpen: (open: boolean) => void
  onName: (name: QueueName) => void
}): JSX.Element {
  // The current queue's count is always visible. The others are counted only while the menu is open.
  const own = useQuery(() => queueCounts({ ...listed(props.narrowing), queue: props.name }))
  const all = useQuery(() => ({ ...queueCounts(listed(props.narrowing)), enabled: props.open }))
  const countOf = (name: QueueName) =>
    [...(dataOf(own)?.queues ?? []), ...(dataOf(all)?.queues ?? [])].find((queue) => queue.name === name)
  return (
    <DropdownMenu gutter={6} open={props.open} onOpenChange={props.onOpen} placement="bottom-start">
      <DropdownMenu.Trigger class="button queue-menu-button" title={titleOf('queues')}>
        <span class="unseen">Queue:</span>
        {queueNames[props.name]}
        <Show when={countOf(props.name)}>{(of) => <span class="queue-menu-count">{countText(of())}</span>}</Show>
        <ChevronDown size={15} />
        <KeyHint action="queues" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content class="menu queue-menu" onCloseAutoFocus={focusView}>
          <DropdownMenu.RadioGroup
            value={props.name}
            onChange={(name) => {
              if (isQueueName(name)) props.onName(name)
            }}
          >
            <For each={queueOrder}>
              {(name) => (
                <DropdownMenu.RadioItem class="menu-item queue-menu-item" value={name} closeOnSelect>
                  <span class="queue-menu-name">{queueNames[name]}</span>
                  <span class="queue-menu-count">
                    <Show when={countOf(name)}>{(of) => countText(of())}</Show>
                  </span>
                  <span class="queue-menu-words">{queueWords[name]}</span>
                </DropdownMenu.RadioItem>
              )}
            </For>
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu>
  )
}
