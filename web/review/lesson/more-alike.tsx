// After an animal was identified: how many waiting ones look like it, and a way to confirm them together.

import { useLocation, useNavigate } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { type JSX, Show } from 'solid-js'
import { count } from '../../parts/format.ts'
import { notifyFailure } from '../../parts/notices.tsx'
import { selectThese, waitingAlike } from '../../server/alike.ts'
import { dataOf } from '../../server/query-client.ts'

export function MoreAlike(props: { detectionId: string }): JSX.Element {
  const navigate = useNavigate()
  const location = useLocation()
  const asked = useQuery(() => ({
    queryKey: ['alike', props.detectionId],
    queryFn: ({ signal }) => waitingAlike(props.detectionId, signal),
  }))
  const many = () => dataOf(asked)?.length ?? 0
  const open = () => {
    selectThese([...(dataOf(asked) ?? [])])
      .then((selection) => {
        const back = location.search
        navigate(
          `/grid?${new URLSearchParams({ selection, order: 'given', choose: 'all', of: props.detectionId, back })}`,
        )
      })
      .catch((error: unknown) => notifyFailure('They could not be shown', error))
  }
  return (
    <Show when={many() > 0}>
      <button type="button" class="button" onClick={open}>
        {count(many())} more {many() === 1 ? 'looks' : 'look'} like this: confirm {many() === 1 ? 'it' : 'them'} …
      </button>
    </Show>
  )
}
