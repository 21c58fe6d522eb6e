// A titled section of the column next to the tree of taxa.

import { type JSX, Show } from 'solid-js'
import './taxa-section.css'

export function TaxaSection(props: {
  title: string
  /** A section within one taxon's page, with a smaller title. */
  minor?: boolean
  /** Highlights a section that needs attention. */
  marked?: boolean
  children: JSX.Element
}): JSX.Element {
  return (
    <section class="taxa-section" classList={{ marked: props.marked === true }}>
      <Show when={props.minor} fallback={<h2>{props.title}</h2>}>
        <h3 class="overline">{props.title}</h3>
      </Show>
      {props.children}
    </section>
  )
}

/** Explains why there is nothing to show. */
export function Nothing(props: { children: JSX.Element }): JSX.Element {
  return <p class="taxa-section-none">{props.children}</p>
}
