// Labels that are probably wrong: a card for each label and the taxon that everything else suggests, the least agreeing
// first. Enter corrects the card's labels, K keeps them; a click leaves a crop out. Each answer is one step that can be
// undone.

import { useSearchParams } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, type JSX, Match, Show, Switch } from 'solid-js'
import type { LabelCohort } from '../../api/contract/cohorts/labels.ts'
import { ArrowRight, Check, CircleCheck } from '../icons/icons.ts'
import { KeyHint } from '../keys/key-hint.tsx'
import { useActions } from '../keys/use-actions.ts'
import { CropChoices, createLeftOut } from '../parts/crop-choices.tsx'
import { Choice } from '../parts/form/choice.tsx'
import { counted } from '../parts/format.ts'
import { Failure, Message } from '../parts/message.tsx'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ranks } from '../parts/taxon/ranks.ts'
import { TaxonChip } from '../parts/taxon/taxon-chip.tsx'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { mayAs } from '../person/person.ts'
import { doubtedLabels, keepLabels, relabel } from '../server/cohorts/labels.ts'
import { dataOf, queries } from '../server/query-client.ts'
import { step, undo } from '../teaching/teaching.ts'
import './doubted-labels.css'

export default function DoubtedLabels(): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const text = (value: string | string[] | undefined) => (typeof value === 'string' && value !== '' ? value : undefined)
  const rank = () => ranks.find((one) => one === search.rank)
  const query = useQuery(() => ({
    ...doubtedLabels({ taxon: text(search.taxon), rank: rank(), limit: '30' }),
    // Asked again while labels are being looked at.
    refetchInterval: ({ state }) => (state.data?.progress == null ? false : 2000),
  }))
  const found = () => dataOf(query)
  const keyOf = ({ label, rival }: LabelCohort) => `${label.id} ${rival.id}`
  /** The card on the screen; null: the first. */
  const [at, setAt] = createSignal<string | null>(null)
  const cards = () => found()?.cohorts ?? []
  const place = createMemo(() =>
    Math.max(
      0,
      cards().findIndex((one) => keyOf(one) === at()),
    ),
  )
  const card = () => cards()[place()]
  const left = createLeftOut()
  const [busy, setBusy] = createSignal(false)

  const go = (by: number) => {
    const next = cards()[place() + by]
    if (!next) return
    setAt(keyOf(next))
    left.clear()
  }
  const renew = () => void queries.invalidateQueries({ queryKey: ['labels'] })
  const takeBack = async () => {
    const action = await undo().catch((error) => notifyFailure('This could not be undone', error))
    if (action) notify({ title: `Undone: ${action.summary}` })
    renew()
  }
  const say = async (what: 'relabel' | 'keep') => {
    const shown = card()
    const ids = shown?.tiles.map(({ id }) => id).filter((id) => !left.leftOut().includes(id)) ?? []
    if (!shown || busy() || ids.length === 0) return
    setBusy(true)
    try {
      const { action, changed } = await step(
        () => (what === 'keep' ? keepLabels(ids) : relabel({ detectionIds: ids, taxonId: shown.rival.id })),
        ids,
      )
      notify({
        title:
          what === 'keep'
            ? `${counted(changed.length, 'label')} kept as ${shown.label.name}`
            : `${counted(changed.length, 'label')} corrected to ${shown.rival.name}`,
        action: action === null ? undefined : { label: 'Undo', act: () => void takeBack() },
      })
      const next = cards()[place() + 1]
      setAt(next ? keyOf(next) : null)
      left.clear()
    } catch (error) {
      notifyFailure('Nothing was changed', error)
    }
    setBusy(false)
    renew()
  }
  useActions(() => ({
    ...(mayAs('editor') && { relabel: () => void say('relabel') }),
    keepLabel: () => void say('keep'),
    laterLabel: () => go(1),
    earlierLabel: () => go(-1),
    undo: () => void takeBack(),
  }))

  return (
    <div class="page in-parts" data-keys>
      <PageHead
        title="Doubted labels"
        lead="Animals whose label is less probable than another taxon, each judged without its own burst. Choose a crop to leave it out of what you say."
      >
        <div class="acts doubted-labels-filter">
          <Show when={text(search.taxon)}>
            {(id) => <TaxonChip id={id()} onClear={() => setSearch({ taxon: null })} />}
          </Show>
          <Choice
            hideLabel
            label="Wrong at"
            any="Wrong at any rank"
            value={rank()}
            options={ranks.map((one) => ({ value: one, text: `Wrong at the ${one} or above` }))}
            onChange={(next) => setSearch({ rank: next || null })}
          />
        </div>
      </PageHead>
      <Show when={found()?.progress != null}>
        <p class="doubted-labels-sum" role="status">
          All labels are being looked at again: {Math.round(100 * (found()?.progress ?? 0))} %
        </p>
      </Show>
      <Switch fallback={<div class="doubted-labels-wait skeleton" role="status" aria-label="Loading labels" />}>
        <Match when={query.isError}>
          <Failure error={query.error} retry={() => void query.refetch()} />
        </Match>
        <Match when={card()}>
          {(shown) => (
            <>
              <p class="doubted-labels-sum" role="status">
                {counted(found()?.doubted ?? 0, 'label')} doubted. Card {place() + 1} of {cards().length}
              </p>
              <Card cohort={shown()} leftOut={left.leftOut()} onToggle={left.toggle}>
                <Show when={mayAs('editor')}>
                  <button
                    type="button"
                    class="button primary big"
                    disabled={busy()}
                    onClick={() => void say('relabel')}
                  >
                    <Check size={18} /> They are {shown().rival.name} <KeyHint action="relabel" />
                  </button>
                </Show>
                <Show when={mayAs('reviewer')}>
                  <button type="button" class="button big" disabled={busy()} onClick={() => void say('keep')}>
                    The label is right <KeyHint action="keepLabel" />
                  </button>
                </Show>
                <button type="button" class="button big" disabled={place() + 1 >= cards().length} onClick={() => go(1)}>
                  Next <ArrowRight size={16} /> <KeyHint action="laterLabel" />
                </button>
              </Card>
            </>
          )}
        </Match>
        <Match when={found()}>
          <Message icon={<CircleCheck size={26} />} title="No doubted labels">
            Labels are looked at each time the tree is published, and when many animals have come. What you keep is not
            asked again.
          </Message>
        </Match>
      </Switch>
    </div>
  )
}

function Card(props: {
  cohort: LabelCohort
  leftOut: readonly string[]
  onToggle: (id: string) => void
  children: JSX.Element
}): JSX.Element {
  return (
    <section class="panel doubted-labels-card" aria-label="Labels of one kind">
      <p class="doubted-labels-pair">
        <span>
          <span class="detail">Labelled</span>
          <TaxonName taxon={props.cohort.label} size="l" />
        </span>
        <ArrowRight size={20} aria-hidden="true" />
        <span>
          <span class="detail">More probable</span>
          <TaxonName taxon={props.cohort.rival} size="l" />
        </span>
      </p>
      <p class="doubted-labels-sum">
        {counted(props.cohort.animals, 'animal')}. {howSure(props.cohort.doubt)}
      </p>
      <div class="acts">{props.children}</div>
      <CropChoices
        tiles={props.cohort.tiles}
        leftOut={props.leftOut}
        onToggle={props.onToggle}
        label="Crops, those that agree least with their label first"
        title="Leave this one out"
        word="left out"
      />
    </section>
  )
}

/** `doubt`: about the logarithm of the odds. */
function howSure(doubt: number): string {
  if (doubt > 5) return 'Almost certainly not what the label says.'
  return doubt > 2 ? 'Probably not what the label says.' : 'Perhaps not what the label says.'
}
