// A button that loads the next page of a list; hidden after the last page.

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
