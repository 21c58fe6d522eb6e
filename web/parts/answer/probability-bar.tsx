// A probability as a bar, coloured by certainty. It is decoration, because the number is next to it as text.

import type { JSX } from 'solid-js'
import { certaintyOf } from './words.ts'
import './probability-bar.css'

export function ProbabilityBar(props: { probability: number }): JSX.Element {
  const certainty = () => certaintyOf(props.probability)
  return (
    <span
      class="track probability-bar"
      classList={{ sure: certainty() === 'sure', unsure: certainty() === 'unsure' }}
      aria-hidden="true"
    >
      <span style={{ width: `${Math.max(props.probability * 100, 1.5)}%` }} />
    </span>
  )
}
