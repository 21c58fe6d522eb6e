// A probability as a bar, coloured by how sure it is. The number stands beside it in text, so the bar itself is decoration.

import type { JSX } from 'solid-js'
import { certaintyOf } from './words.ts'
import './probability-bar.css'

export function ProbabilityBar(props: { probability: number }): JSX.Element {
  const certainty = () => certaintyOf(props.probability)
  return (
    <span
      class="probability-bar"
      classList={{ sure: certainty() === 'sure', unsure: certainty() === 'unsure' }}
      aria-hidden="true"
    >
      <span style={{ width: `${Math.max(props.probability * 100, 1.5)}%` }} />
    </span>
  )
}
