// Whether the models work on this machine, in the words of `npm run doctor`.

import { useQuery } from '@tanstack/solid-query'
import { For, type JSX, Show } from 'solid-js'
import type { ModelList } from '../../api/contract/models/model.ts'
import { CircleCheck, RefreshCw, TriangleAlert } from '../icons/icons.ts'
import { Callout } from '../parts/callout.tsx'
import { counted } from '../parts/format.ts'
import { Failure } from '../parts/message.tsx'
import { modelCheck } from '../server/models/models.ts'
import { dataOf } from '../server/query-client.ts'
import './model-check.css'

export function ModelCheck(props: { provider: ModelList['provider'] | undefined }): JSX.Element {
  const query = useQuery(modelCheck)
  const runsOn = () => {
    const { provider } = props
    if (provider === undefined) return ''
    return provider.device === 'cuda'
      ? `They run on GPU ${provider.deviceId}.`
      : `They run on the processor, with ${counted(provider.threads, 'thread')}.`
  }
  return (
    <div class="model-check">
      <p class="detail">
        {runsOn()} <Show when={query.isFetching}>Trying them…</Show>
      </p>
      <Show when={query.isError}>
        <Failure error={query.error} retry={() => void query.refetch()} />
      </Show>
      <For each={dataOf(query)?.items.filter(({ part, status }) => part === 'models' || status !== 'ok')}>
        {(one) => (
          <Callout
            tone={one.status === 'ok' ? 'leaf' : one.status === 'warn' ? 'ochre' : 'rust'}
            icon={one.status === 'ok' ? <CircleCheck size={18} /> : <TriangleAlert size={18} />}
          >
            {one.found}. {one.fix}
          </Callout>
        )}
      </For>
      <button type="button" class="button quiet" disabled={query.isFetching} onClick={() => void query.refetch()}>
        <RefreshCw size={16} /> Check again
      </button>
    </div>
  )
}
