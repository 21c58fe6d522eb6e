// The current status of this animal: its identification, a conflict between people, or a label that is only proposed.

import { createMemo, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { DetectionMark } from '../../api/contract/detection.ts'
import type { Identification } from '../../api/contract/identification.ts'
import type { DetectionDetail } from '../../api/contract/media.ts'
import { CircleCheck, CircleHelp, ImageOff, TriangleAlert } from '../icons/icons.ts'
import { Callout } from '../parts/callout.tsx'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'

const MARKED: Record<DetectionMark, string> = {
  unknown: 'Marked as unknown, because it cannot be identified.',
  notAnimal: 'Marked as not an animal.',
  person: 'Marked as a person. No taxon is suggested.',
  vehicle: 'Marked as a vehicle. No taxon is suggested.',
}

/** Who says what, for example "Ada says Corvus corax, Grace says Corvus corone". */
function Opinions(props: { identifications: readonly Identification[] }): JSX.Element {
  const said = () => props.identifications.filter((i) => !i.proposal)
  const who = (person: string) =>
    person === 'local' ? 'somebody' : person.startsWith('import:') ? `the import ${person.slice(7)}` : person
  return (
    <For each={said()}>
      {(i, index) => (
        <>
          {index() > 0 ? ', ' : ''}
          {who(i.person)} says <TaxonName taxon={i.taxon} common={false} inline />
        </>
      )}
    </For>
  )
}

export function Standing(props: { detection: DetectionDetail }): JSX.Element {
  const valid = createMemo(() => props.detection.identifications.filter((i) => i.withdrawnAt === null))
  const proposal = () => (props.detection.taxon === null ? valid().find((i) => i.proposal) : undefined)
  return (
    <Switch>
      <Match when={props.detection.media.mark}>
        {(mark) => (
          <Callout tone="plain" icon={<ImageOff size={16} aria-hidden="true" />}>
            {mark() === 'empty' ? 'This photo is marked as empty' : 'This photo is marked as unusable'}. It waits in no
            queue.
          </Callout>
        )}
      </Match>
      <Match when={props.detection.mark}>
        {(mark) => (
          <Callout tone="plain" icon={<CircleHelp size={16} aria-hidden="true" />}>
            {MARKED[mark()]}
          </Callout>
        )}
      </Match>
      <Match when={props.detection.conflict}>
        <Callout tone="rust" icon={<TriangleAlert size={16} aria-hidden="true" />}>
          People disagree: <Opinions identifications={valid()} />.{' '}
          <Show when={props.detection.taxon} fallback="Nothing is taught from this photo.">
            {(taxon) => (
              <>
                Only the taxon they agree on is taught: <TaxonName taxon={taxon()} common={false} />.
              </>
            )}
          </Show>
        </Callout>
      </Match>
      <Match when={props.detection.taxon}>
        {(taxon) => (
          <Callout tone="leaf" icon={<CircleCheck size={16} aria-hidden="true" />}>
            Identified as <TaxonName taxon={taxon()} />
          </Callout>
        )}
      </Match>
      <Match when={proposal()}>
        {(label) => (
          <Callout tone="ochre" icon={<TriangleAlert size={16} aria-hidden="true" />}>
            <Show
              when={label().basis.model}
              fallback={
                <>
                  The import labels this photo <TaxonName taxon={label().taxon} common={false} />, but it shows several
                  animals.
                </>
              }
            >
              {(model) => (
                <>
                  {model()} proposes <TaxonName taxon={label().taxon} common={false} />
                  <Show when={label().basis.score}>{(score) => <> with {Math.round(score() * 100)} %</>}</Show>.
                </>
              )}
            </Show>
          </Callout>
        )}
      </Match>
    </Switch>
  )
}
