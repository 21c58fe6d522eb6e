// The way to the next page of a list. In: an infinite query. Out: a button while there is more.

import { type JSX, Show } from 'solid-js'

type Pages = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> }

export function ShowMore(props: { pages: Pages; quiet?: boolean }): JSX.Element {
  return (
    <Show when={props.pages.hasNextPage}>
      <button
        type="button"
        class="button"
        classList={{ quiet: props.quiet === true }}
        disabled={props.pages.isFetchingNextPage}
        onClick={() => void props.pages.fetchNextPage()}
      >
        Show more
      </button>
    </Show>
  )
}
