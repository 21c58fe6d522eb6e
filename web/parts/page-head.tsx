// The head of a page that says what the page is for.

import type { JSX } from 'solid-js'

export function PageHead(props: {
  title: string
  lead: JSX.Element
  /** What stands beside the words. */
  children?: JSX.Element
}): JSX.Element {
  return (
    <header class="page-head">
      <div>
        <h1>{props.title}</h1>
        <p class="page-lead">{props.lead}</p>
      </div>
      {props.children}
    </header>
  )
}
