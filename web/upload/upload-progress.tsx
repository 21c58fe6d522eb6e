// The progress of an upload: photos sent (pale) and processed (strong), the rate and the time left, failures with their
// reasons, and the next step when it is done.

import { A } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, type JSX, Match, Show, Switch } from 'solid-js'
import { allHereAlready, count, counted, duration, rate } from '../parts/format.ts'
import { allFailures, importOne } from '../server/exchange/imports.ts'
import { dataOf } from '../server/query-client.ts'
import { summary } from '../server/summary.ts'
import { ImportFailures } from './import-failures.tsx'
import { LeftOutList } from './left-out/left-out-list.tsx'
import { ProgressBar } from './progress-bar.tsx'
import { cancel, failuresAsLeftOut, resume, type Upload } from './upload.ts'
import './upload-progress.css'

export function UploadProgress(props: { upload: Upload; onMore: () => void }): JSX.Element {
  const followed = useQuery(() => ({
    ...importOne(props.upload.importId ?? ''),
    enabled: props.upload.importId !== null,
    // Events report the progress; polling covers lost events.
    refetchInterval: (query) => (query.state.data?.status === 'done' ? false : 3000),
  }))
  const totals = useQuery(summary)
  /** If every photo came with a label, nothing waits for review. Then the next step is to identify an unknown photo. */
  const waiting = () => dataOf(totals)?.detections.unidentified ?? 0
  const progress = createMemo(() => dataOf(followed))
  const failed = () => (progress()?.failed ?? 0) + props.upload.refused.length
  const known = () => progress()?.known ?? 0
  const looked = () => (progress()?.indexed ?? 0) + known() + failed()
  const left = () => (props.upload.state === 'sending' ? 0 : props.upload.total - props.upload.sent)
  const finished = () => props.upload.state !== 'sending' && progress()?.status === 'done'
  const title = () => {
    if (props.upload.state === 'stopped') return 'Upload stopped'
    if (finished()) return props.upload.state === 'cancelled' ? 'Cancelled' : 'Import complete'
    if (progress()?.status === 'learning') return 'Learning from the labels'
    return props.upload.state === 'sending' ? 'Uploading and finding animals' : 'Finding animals'
  }

  return (
    <section class="panel upload-progress" aria-label={`Import ${props.upload.name}`}>
      <div class="upload-progress-head">
        <h2>{title()}</h2>
        <p>{props.upload.name}</p>
      </div>
      <ProgressBar total={props.upload.total} done={looked()} sent={props.upload.sent} label="Photos processed" />
      <p class="upload-progress-numbers" role="status">
        <span>
          <b>{count(looked())}</b> of {count(props.upload.total)} processed
        </span>
        <Show when={known() > 0}>
          <span>{known() < props.upload.total ? `${count(known())} here already` : allHereAlready(known())}</span>
        </Show>
        <Show when={props.upload.state === 'sending'}>
          <span>{count(props.upload.sent)} uploaded</span>
        </Show>
        <Show when={!finished() && progress()?.photosPerSecond}>{(r) => <span>{rate(r())}</span>}</Show>
        <Show when={!finished() && progress()?.secondsLeft}>{(s) => <span>about {duration(s())} left</span>}</Show>
        <Show when={failed() > 0}>
          <span class="upload-progress-failed">{count(failed())} failed</span>
        </Show>
      </p>
      <Show when={props.upload.reason}>
        {(reason) => (
          <p class="form-error" role="alert">
            {reason()} {counted(left(), 'photo')} not uploaded yet.
          </p>
        )}
      </Show>
      <ImportFailures
        importId={props.upload.importId}
        failed={progress()?.failed ?? 0}
        refused={props.upload.refused}
      />
      <LeftOutList
        leftOut={props.upload.leftOut}
        failed={failed()}
        failures={async () => failuresAsLeftOut(await allFailures(props.upload.importId), props.upload.refused)}
      />
      <div class="form-actions">
        <Switch>
          <Match when={props.upload.state === 'sending'}>
            <button type="button" class="button" onClick={cancel}>
              Cancel
            </button>
          </Match>
          <Match when={left() > 0}>
            <button type="button" class="button quiet" onClick={() => props.onMore()}>
              Skip the rest
            </button>
            <button type="button" class="button primary" onClick={resume}>
              Upload the other {count(left())}
            </button>
          </Match>
          <Match when={finished()}>
            <button type="button" class="button" onClick={() => props.onMore()}>
              Add more
            </button>
            <A href={`/imports/${props.upload.importId}`} class="button">
              What is left of it
            </A>
            <Show when={(progress()?.indexed ?? 0) > 1}>
              <A href={`/add/false-triggers?import=${props.upload.importId}`} class="button">
                Set empty photos aside
              </A>
            </Show>
            <A href="/identify" class="button" classList={{ primary: waiting() === 0 }}>
              Identify a photo
            </A>
            <Show when={waiting() > 0}>
              <A href="/review" class="button primary">
                Review {counted(waiting(), 'animal')}
              </A>
            </Show>
          </Match>
        </Switch>
      </div>
    </section>
  )
}
