// The way to places where a camera's detector finds the same thing again and again.

import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { Layers } from '../icons/icons.ts'

export function RepeatsLink(): JSX.Element {
  return (
    <A href="/add/repeats" class="button">
      <Layers size={16} /> The same place again
    </A>
  )
}
