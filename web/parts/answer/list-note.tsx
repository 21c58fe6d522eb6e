// What the answer would be if it did not keep to a species list.

import { type JSX, Match, Switch } from 'solid-js'
import type { AnsweredDetection } from '../../../api/contract/suggestion.ts'
import { probabilityText } from '../format.ts'
import { TaxonName } from '../taxon/taxon-name.tsx'
import { AnswerNote } from './answer-panel.tsx'

export function ListNote(props: { list: NonNullable<AnsweredDetection['list']> }): JSX.Element {
  const without = () => props.list.without
  const name = () => (
    <>
      <TaxonName taxon={without().taxon} common={false} inline /> {probabilityText(without().probability)}
    </>
  )
  return (
    <AnswerNote>
      <Switch>
        <Match when={!without().listed}>
          Not on your list “{props.list.name}”: {name()}
        </Match>
        <Match when={without().listed}>
          Kept to the list “{props.list.name}”. Without it: {name()}
        </Match>
      </Switch>
    </AnswerNote>
  )
}
