// Models that can be fetched by name, with how far that is.

import { useQuery } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { OfferedModel } from '../../api/contract/models/model.ts'
import { Download } from '../icons/icons.ts'
import { FormError } from '../parts/form/form.tsx'
import { bytesText } from '../parts/format.ts'
import { sentenceOf } from '../server/client.ts'
import { fetchModel, modelCatalogue, stopFetching } from '../server/models/models.ts'
import { dataOf } from '../server/query-client.ts'
import { ProgressBar } from '../upload/progress-bar.tsx'
import './catalogue.css'

export function Catalogue(): JSX.Element {
  const query = useQuery(modelCatalogue)
  const open = () => (dataOf(query)?.items ?? []).filter(({ installed }) => !installed)
  return (
    <Show when={open().length > 0}>
      <section class="part" aria-label="Fetch">
        <h2>Fetch</h2>
        <p class="remark">
          Downloaded from where it is published, and refused unless its sha256 is the one stated here. You need a
          network; a download that breaks off continues.
        </p>
        <ul class="cards catalogue-list">
          <For each={open()}>{(one) => <Offer one={one} />}</For>
        </ul>
      </section>
    </Show>
  )
}

function Offer(props: { one: OfferedModel }): JSX.Element {
  const [fault, setFault] = createSignal<string | null>(null)
  const attempt = async (work: Promise<unknown>) => {
    setFault(null)
    await work.catch((error: unknown) => setFault(sentenceOf(error)))
  }
  const running = () => {
    const { fetching } = props.one
    return fetching?.state === 'fetching' || fetching?.state === 'adding' ? fetching : null
  }
  return (
    <li class="panel catalogue-one">
      <header class="catalogue-head">
        <h3>{props.one.name}</h3>
        <span class="chip">{bytesText(props.one.bytes)}</span>
        <span class="chip">{props.one.licence}</span>
        <Show when={!props.one.tried}>
          <span class="chip ochre">not tried by us</span>
        </Show>
      </header>
      <p class="remark">{props.one.description}</p>
      <p class="catalogue-sum">
        {props.one.source}
        <br />
        sha256 {props.one.sha256}
      </p>
      <FormError text={fault() ?? props.one.fetching?.problem ?? null} />
      <Show
        when={running()}
        fallback={
          <div>
            <button type="button" class="button" onClick={() => void attempt(fetchModel(props.one.name))}>
              <Download size={16} /> {props.one.fetching === null ? 'Fetch' : 'Continue'}
            </button>
          </div>
        }
      >
        {(now) => (
          <div class="catalogue-progress">
            <ProgressBar
              label={`Fetching ${props.one.name}`}
              total={now().total ?? props.one.bytes}
              done={now().received}
              sent={now().received}
            />
            <p role="status">
              {now().state === 'adding'
                ? 'Trying it…'
                : `${bytesText(now().received)} of ${bytesText(now().total ?? props.one.bytes)}`}
            </p>
            <button type="button" class="button quiet" onClick={() => void attempt(stopFetching(props.one.name))}>
              Stop
            </button>
          </div>
        )}
      </Show>
    </li>
  )
}
