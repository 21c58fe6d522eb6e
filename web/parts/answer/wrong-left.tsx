// How many suggestions would be wrong if they were all accepted now, and whether to go on naming.

import { useQuery } from '@tanstack/solid-query'
import { type JSX, Show } from 'solid-js'
import type { WrongLeft as Stated } from '../../../api/contract/wrong-left.ts'
import { CircleCheck, CircleHelp } from '../../icons/icons.ts'
import { wrongLeft } from '../../server/insight.ts'
import { dataOf } from '../../server/query-client.ts'
import { Callout } from '../callout.tsx'
import { count, counted } from '../format.ts'
import './wrong-left.css'

/** As many as the service wants before it says whether to stop. */
const FEWEST_DRAWN = 10

const wrongAt = ({ expected, low, high }: Stated['species']): string =>
  `about ${count(Math.round(expected))} (${count(low)} to ${count(high)})`

/** In a sentence: how many are wrong, and by what this was checked. */
function statement({ animals, species, family }: Stated): string {
  const by = `Checked by ${counted(species.drawn, 'animal')} drawn at random, of which ${count(species.wrongDrawn)} ${species.wrongDrawn === 1 ? 'was' : 'were'} wrong.`
  return `Of ${counted(animals, 'unreviewed animal')} ${wrongAt(species)} are suggested wrongly, ${wrongAt(family)} even in the family. ${by}`
}

function advice({ advice, accuracy }: Stated): string {
  const share = `${Math.round((1 - accuracy) * 100)} %`
  if (advice === 'stop') return `You may stop: surely no more than ${share} of what is left is suggested wrongly.`
  if (advice === 'stopAtFamily')
    return `Families are good enough: surely no more than ${share} are wrong there. Go on where the species matters.`
  return `Go on: more than ${share} of what is left may be wrong.`
}

const stillToDraw = ({ species }: Stated): string =>
  `${count(species.drawn)} of ${FEWEST_DRAWN} animals drawn at random are named (every tenth of “Most useful first” is one). Then Clavis says how many of its suggestions are wrong, and when you may stop.`

/** Undefined while it is not known, or where nothing waits. */
const known = () => {
  const stated = useQuery(wrongLeft)
  return () => {
    const now = dataOf(stated)
    return now && now.animals > 0 ? now : undefined
  }
}
/** A number that nothing has checked is not said: where little is taught, it would only be the tree's own guess. */
const checked = (now: Stated | undefined): Stated | undefined => (now?.advice === 'check' ? undefined : now)

export function WrongLeft(): JSX.Element {
  const now = known()
  const counting = () => (now()?.advice === 'check' && now()!.species.drawn > 0 ? now() : undefined)
  return (
    <Show
      when={checked(now())}
      fallback={<Show when={counting()}>{(stated) => <Callout tone="plain">{stillToDraw(stated())}</Callout>}</Show>}
    >
      {(stated) => (
        <Callout
          tone={stated().advice === 'stop' ? 'leaf' : 'plain'}
          icon={
            stated().advice === 'stop' ? (
              <CircleCheck size={16} aria-hidden="true" />
            ) : (
              <CircleHelp size={16} aria-hidden="true" />
            )
          }
        >
          {statement(stated())} <strong>{advice(stated())}</strong>
        </Callout>
      )}
    </Show>
  )
}

/** For a bar: the number alone, the rest in its title. */
export function WrongLeftShort(): JSX.Element {
  const now = known()
  return (
    <Show when={checked(now())}>
      {(stated) => (
        <span class="wrong-left-short" title={`${statement(stated())} ${advice(stated())}`}>
          {stated().advice === 'stop' ? 'You may stop: about ' : 'About '}
          {count(Math.round(stated().species.expected))} of {count(stated().animals)} suggested wrongly
        </span>
      )}
    </Show>
  )
}
