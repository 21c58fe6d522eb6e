// A photo with information next to it. On a wide screen the photo takes the remaining room and the page does not
// scroll. On a narrow screen the information is below the photo.

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
