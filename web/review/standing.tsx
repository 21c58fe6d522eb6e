// What counts for this animal at the moment: its identification, a conflict between people, or a label that is only proposed.

import { CircleCheck, CircleHelp, ImageOff, TriangleAlert } from 'lucide-solid'
import { createMemo, type JSX, Match, Show, Switch } from 'solid-js'
import type { DetectionDetail } from '../../api/contract/media.ts'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'

export function Standing(props: { detection: DetectionDetail }): JSX.Element {
  const valid = createMemo(() => props.detection.identifications.filter((i) => i.withdrawnAt === null))
  const proposal = () => (props.detection.taxon === null ? valid().find((i) => i.proposal) : undefined)
  return (
    <Switch>
      <Match when={props.detection.media.mark}>
        {(mark) => (
          <p class="standing plain" role="note">
            <ImageOff size={16} aria-hidden="true" />
            <span>
              {mark() === 'empty' ? 'This photo is marked empty' : 'This photo is marked unusable'}: it is in no queue.
            </span>
          </p>
        )}
      </Match>
      <Match when={props.detection.mark}>
        {(mark) => (
          <p class="standing plain" role="note">
            <CircleHelp size={16} aria-hidden="true" />
            <span>
              {mark() === 'unknown' ? 'Marked as an animal that nobody can name.' : 'Marked as not an animal.'}
            </span>
          </p>
        )}
      </Match>
      <Match when={props.detection.conflict}>
        <p class="standing rust" role="note">
          <TriangleAlert size={16} aria-hidden="true" />
          <span>
            People disagree.{' '}
            <Show when={props.detection.taxon} fallback="Nothing is taught from this photo.">
              {(taxon) => (
                <>
                  Only what they agree on is taught: <TaxonName taxon={taxon()} common={false} />.
                </>
              )}
            </Show>
          </span>
        </p>
      </Match>
      <Match when={props.detection.taxon}>
        {(taxon) => (
          <p class="standing leaf" role="note">
            <CircleCheck size={16} aria-hidden="true" />
            <span>
              Identified as <TaxonName taxon={taxon()} />
            </span>
          </p>
        )}
      </Match>
      <Match when={proposal()}>
        {(label) => (
          <p class="standing ochre" role="note">
            <TriangleAlert size={16} aria-hidden="true" />
            <span>
              The import says <TaxonName taxon={label().taxon} common={false} /> of this photo, which shows several
              animals.
            </span>
          </p>
        )}
      </Match>
    </Switch>
  )
}
