// What the answer would be if it did not keep to a species list.

import { type JSX, Show } from 'solid-js'
import type { AnsweredDetection } from '../../../api/contract/suggestion.ts'
import { percentText } from '../format.ts'
import { TaxonName } from '../taxon/taxon-name.tsx'
import { AnswerNote } from './answer-panel.tsx'
import { VerdictLines } from './verdict.tsx'
import { isWorthNaming } from './words.ts'

/** Whether the animal is more likely something off the list than anything on it. */
export const isOffList = ({ list }: Pick<AnsweredDetection, 'list'>): boolean =>
  list !== null && !list.without.listed && list.without.probability >= 0.5

/** Stands for the verdict where the animal is off the list. */
export function ListNote(props: { list: AnsweredDetection['list'] }): JSX.Element {
  return (
    <Show when={props.list && isWorthNaming(props.list.without.probability) && props.list}>
      {(list) => {
        const name = () => (
          <>
            <TaxonName taxon={list().without.taxon} common={false} inline /> {percentText(list().without.probability)}
          </>
        )
        return (
          <Show
            when={isOffList({ list: list() })}
            fallback={
              <AnswerNote>
                {list().without.listed
                  ? `Kept to the list “${list().name}”; without it: `
                  : `Not on the list “${list().name}”: `}
                {name()}
              </AnswerNote>
            }
          >
            <VerdictLines
              line={<>Not on your list: {name()}</>}
              more={<>The list “{list().name}” holds here. Search for the taxon below to name it all the same.</>}
            />
          </Show>
        )
      }}
    </Show>
  )
}
