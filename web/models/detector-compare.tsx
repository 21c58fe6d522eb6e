// The detector in use against another one, on photos of which people have settled every box, and a person's yes.

import { useQuery } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { Comparison, DetectorFigures } from '../../api/contract/models/detector.ts'
import type { Model } from '../../api/contract/models/model.ts'
import { DataTable } from '../charts/data-table.tsx'
import { CircleCheck, TriangleAlert } from '../icons/icons.ts'
import { Callout } from '../parts/callout.tsx'
import { Choice } from '../parts/form/choice.tsx'
import { Confirm } from '../parts/form/confirm.tsx'
import { FormError } from '../parts/form/form.tsx'
import { ago, counted } from '../parts/format.ts'
import { notify } from '../parts/notices.tsx'
import { sentenceOf } from '../server/client.ts'
import { comparing, startComparing } from '../server/models/detectors.ts'
import { applyModel } from '../server/models/models.ts'
import { dataOf } from '../server/query-client.ts'
import { ProgressBar } from '../upload/progress-bar.tsx'
import { BoxedPhoto, type DrawnBox } from './boxed-photo.tsx'
import './detector-compare.css'

export function DetectorCompare(props: { inUse: Model | undefined; others: readonly Model[] }): JSX.Element {
  const query = useQuery(comparing)
  const [chosen, setChosen] = createSignal('')
  const [fault, setFault] = createSignal<string | null>(null)
  const running = () => dataOf(query)?.running ?? null
  const last = () => dataOf(query)?.last ?? null
  const start = async () => {
    setFault(null)
    await startComparing({ name: chosen() }).catch((error: unknown) => setFault(sentenceOf(error)))
  }
  const isOpen = (one: Comparison) =>
    one.old.sha256 === props.inUse?.sha256 && props.others.some(({ sha256 }) => sha256 === one.candidate.sha256)
  return (
    <section class="part" aria-label="Compare detectors">
      <h2>Compare detectors</h2>
      <p class="remark">
        Both look at your own photos whose boxes are all named, drawn or marked. Another detector is used only where it
        was not worse.
      </p>
      <Show
        when={props.others.length > 0}
        fallback={<p class="remark">Add another detector below to compare it with the one in use.</p>}
      >
        <div class="acts detector-compare-acts">
          <Choice
            label="Compare the one in use with"
            any="Choose a detector"
            value={chosen() === '' ? undefined : chosen()}
            options={props.others.map(({ name }) => ({ value: name, text: name }))}
            onChange={setChosen}
          />
          <button
            type="button"
            class="button"
            disabled={chosen() === '' || running() !== null}
            onClick={() => void start()}
          >
            Compare
          </button>
        </div>
      </Show>
      <FormError text={fault() ?? dataOf(query)?.problem ?? null} />
      <Show when={running()}>
        {(now) => (
          <div role="status">
            <ProgressBar label="Comparing" total={now().total} done={now().done} sent={now().done} />
            <p class="remark">
              {now().candidate}: {now().done} of {counted(now().total, 'photo')}
            </p>
          </div>
        )}
      </Show>
      <Show when={running() === null && last()}>{(one) => <Result comparison={one()} open={isOpen(one())} />}</Show>
    </section>
  )
}

const share = (value: number | null) => (value === null ? null : value.toFixed(3))
const cells = ({ ap50, recall }: DetectorFigures) => [share(ap50), ...recall.map((one) => share(one.recall))]

function Result(props: { comparison: Comparison; open: boolean }): JSX.Element {
  const [asking, setAsking] = createSignal(false)
  const [fault, setFault] = createSignal<string | null>(null)
  const { candidate, old } = props.comparison
  const use = async () => {
    setFault(null)
    try {
      await applyModel({ name: candidate.name, size: candidate.size })
      notify({ title: `${candidate.name} is in use`, text: 'It looks at every photo from now on.' })
    } catch (error) {
      setFault(sentenceOf(error))
    }
  }
  const rows = () => {
    const { all, bySize, byCamera } = props.comparison
    const pairs = [
      { what: 'all', ...all },
      ...bySize.map(({ size, ...pair }) => ({ what: `${size} animals`, ...pair })),
      ...byCamera.map(({ camera, ...pair }) => ({ what: camera, ...pair })),
    ]
    return pairs.flatMap(({ what, ...pair }) => [
      { cells: [what, old.name, pair.old.boxes, ...cells(pair.old)] },
      { cells: [what, candidate.name, pair.old.boxes, ...cells(pair.candidate)] },
    ])
  }
  return (
    <div class="part">
      <h3>
        {candidate.name} against {old.name}
      </h3>
      <p class="remark">
        {counted(props.comparison.photos, 'photo')}
        {props.comparison.heldOut ? ' that no exported data set trains with' : ''}, {ago(props.comparison.at)}.
      </p>
      <Callout
        tone={props.comparison.notWorse ? 'leaf' : 'rust'}
        icon={props.comparison.notWorse ? <CircleCheck size={18} /> : <TriangleAlert size={18} />}
      >
        {props.comparison.notWorse
          ? `${candidate.name} is not worse than ${old.name}.`
          : `${candidate.name} may not be used. ${props.comparison.reasons.join(' ')}`}
      </Callout>
      <Show when={props.open && props.comparison.notWorse}>
        <div>
          <button type="button" class="button primary" onClick={() => setAsking(true)}>
            Use {candidate.name}
          </button>
        </div>
      </Show>
      <FormError text={fault()} />
      <DataTable
        title="Comparison"
        table={{
          columns: ['of', 'detector', 'boxes', 'AP50', 'found at 0.1 false per photo', 'at 0.3', 'at 1'],
          rows: rows(),
        }}
      />
      <Show when={props.comparison.examples.length > 0}>
        <h3>Where they differ</h3>
        <p class="remark">
          White: the known animal. Yellow: a box on it. Dashed: a box where nobody saw one. Each detector at its own
          least confidence; the one in use is first.
        </p>
      </Show>
      <ul class="cards detector-compare-pairs">
        <For each={props.comparison.examples}>
          {(example) => (
            <li>
              <Side example={example} found={example.old} detector={old.name} />
              <Side example={example} found={example.candidate} detector={candidate.name} />
            </li>
          )}
        </For>
      </ul>
      <Confirm
        open={asking()}
        title={`Use ${candidate.name}?`}
        text="It looks at every photo that comes from now on. Photos that are in keep their boxes, and you can go back."
        action="Use it"
        onConfirm={() => void use()}
        onClose={() => setAsking(false)}
      />
    </div>
  )
}

type Example = Comparison['examples'][number]

function Side(props: { example: Example; found: Example['old']; detector: string }): JSX.Element {
  const right = () => props.found.filter((one) => one.right).length
  const words = () => `${props.detector}: ${right()} right, ${props.found.length - right()} too many`
  return (
    <BoxedPhoto
      imageUrl={props.example.imageUrl}
      caption={words()}
      alt={`${props.example.filename}, ${words()}`}
      boxes={[
        ...props.example.boxes.map((bbox): DrawnBox => ({ bbox, tone: 'known' })),
        ...props.found.map(
          ({ bbox, confidence, right }): DrawnBox => ({
            bbox,
            tone: right ? 'right' : 'wrong',
            label: confidence.toFixed(2),
          }),
        ),
      ]}
    />
  )
}
