// A photo and, beside it, what is said of it. On a wide screen the photo takes the room that is left and the page itself does not scroll;
// on a narrow one the two stand below each other.

import type { JSX } from 'solid-js'
import './split-view.css'

export function SplitView(props: { side: JSX.Element; busy?: boolean; children: JSX.Element }): JSX.Element {
  return (
    <div class="split-view" aria-busy={props.busy === true ? 'true' : undefined}>
      {props.children}
      <div class="split-view-side">{props.side}</div>
    </div>
  )
}
