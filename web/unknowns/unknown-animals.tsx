// Animals that fit no known taxon: a card for what is probably one unknown taxon, the most typical animal first. Enter
// names it, J joins it with the card before, S puts the chosen crops on a card of their own, X dismisses it. Each is
// one step that can be undone.

import { useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, type JSX, Match, Show, Switch } from 'solid-js'
import type { Action, Learned } from '../../api/contract/action.ts'
import type { UnknownCard } from '../../api/contract/cohorts/unknowns.ts'
import { ArrowLeft, ArrowRight, Check, Sparkle } from '../icons/icons.ts'
import { KeyHint } from '../keys/key-hint.tsx'
import { useActions } from '../keys/use-actions.ts'
import { CropChoices, createLeftOut } from '../parts/crop-choices.tsx'
import { counted, probabilityText } from '../parts/format.ts'
import { Lasso } from '../parts/lasso.tsx'
import { Failure, Message } from '../parts/message.tsx'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { markMany } from '../server/bulk.ts'
import { dismissCard, joinCards, nameCard, splitCard, unknownCards } from '../server/cohorts/unknowns.ts'
import { dataOf, queries } from '../server/query-client.ts'
import { step, undo } from '../teaching/teaching.ts'
import './unknown-animals.css'

export default function UnknownAnimals(): JSX.Element {
  const query = useQuery(() => ({
    ...unknownCards(),
    // Asked again while cards are being worked out.
    refetchInterval: ({ state }) => (state.data?.working ? 2000 : 15_000),
  }))
  const found = () => dataOf(query)
  const cards = () => found()?.cards ?? []
  const [at, setAt] = createSignal<string | null>(null)
  const place = createMemo(() =>
    Math.max(
      0,
      cards().findIndex(({ id }) => id === at()),
    ),
  )
  const card = () => cards()[place()]
  const chosen = createLeftOut()
  const [name, setName] = createSignal('')
  const [busy, setBusy] = createSignal(false)

  const show = (id: string | null) => {
    setAt(id)
    chosen.clear()
    setName('')
  }
  const go = (by: number) => {
    const next = cards()[place() + by]
    if (next) show(next.id)
  }
  const renew = () => void queries.invalidateQueries({ queryKey: ['unknowns'] })
  const takeBack = async () => {
    const action = await undo().catch((error) => notifyFailure('This could not be undone', error))
    if (action) notify({ title: `Undone: ${action.summary}` })
    renew()
  }
  const act = async (
    title: (card: UnknownCard) => string,
    work: (card: UnknownCard) => Promise<{ action: Action | null; learned?: Learned }>,
  ) => {
    const shown = card()
    if (!shown || busy()) return
    setBusy(true)
    const next = cards()[place() + 1] ?? cards()[place() - 1]
    try {
      const { action } = await step(
        () => work(shown),
        shown.tiles.map(({ id }) => id),
      )
      if (action) notify({ title: title(shown), action: { label: 'Undo', act: () => void takeBack() } })
      show(next?.id ?? null)
    } catch (error) {
      notifyFailure('Nothing was changed', error)
    }
    setBusy(false)
    renew()
  }
  const giveName = () =>
    void act(
      (shown) => `Named ${name().trim() || shown.code}`,
      ({ id }) => nameCard(id, { name: name().trim() || undefined, leaveOut: [...chosen.leftOut()] }),
    )
  const join = () => {
    const before = cards()[place() - 1]
    if (before)
      void act(
        () => 'Joined with the card before',
        ({ id }) => joinCards(id, before.id),
      ).then(() => show(before.id))
  }
  const split = () => {
    if (chosen.leftOut().length > 0)
      void act(
        () => 'Split in two cards',
        ({ id }) => splitCard(id, [...chosen.leftOut()]),
      )
  }
  /** Signs and leaves are boxed too: all but the chosen crops. */
  const noAnimals = () =>
    void act(
      () => 'Marked as no animals',
      ({ tiles }) =>
        markMany({
          detectionIds: tiles.map(({ id }) => id).filter((id) => !chosen.leftOut().includes(id)),
          mark: 'notAnimal',
        }),
    )
  const dismiss = () =>
    void act(
      () => 'Dismissed',
      ({ id }) => dismissCard(id),
    )
  useActions(() => ({
    nameCard: giveName,
    joinCard: join,
    splitCard: split,
    dismissCard: dismiss,
    nothingOnCard: noAnimals,
    nextCard: () => go(1),
    previousCard: () => go(-1),
    undo: () => void takeBack(),
  }))

  return (
    <div class="page in-parts" data-keys>
      <PageHead
        title="Unknown animals"
        lead="Animals that are more probably new than any known taxon, by their looks. A click or a frame drawn with the mouse chooses crops: they are left out of the name, or split off."
      />
      <Switch fallback={<div class="unknown-animals-wait skeleton" role="status" aria-label="Loading cards" />}>
        <Match when={query.isError}>
          <Failure error={query.error} retry={() => void query.refetch()} />
        </Match>
        <Match when={card()}>
          {(shown) => (
            <section class="panel unknown-animals-card" aria-label={`Card ${place() + 1} of ${cards().length}`}>
              <Facts card={shown()} place={`Card ${place() + 1} of ${cards().length}`} />
              <form
                class="unknown-animals-name"
                onSubmit={(event) => {
                  event.preventDefault()
                  giveName()
                }}
              >
                <input
                  class="input"
                  aria-label="Name of the new taxon"
                  placeholder={shown().code}
                  value={name()}
                  onInput={(event) => setName(event.currentTarget.value)}
                />
                <button type="submit" class="button primary big" disabled={busy()}>
                  <Check size={18} /> Name {counted(shown().animals - chosen.leftOut().length, 'animal')}{' '}
                  <KeyHint action="nameCard" />
                </button>
              </form>
              <div class="acts">
                <button type="button" class="button" disabled={busy() || place() === 0} onClick={join}>
                  Join with the card before <KeyHint action="joinCard" />
                </button>
                <button type="button" class="button" disabled={busy() || chosen.leftOut().length === 0} onClick={split}>
                  Split off {counted(chosen.leftOut().length, 'crop')} <KeyHint action="splitCard" />
                </button>
                <button type="button" class="button" disabled={busy()} onClick={noAnimals}>
                  No animals <KeyHint action="nothingOnCard" />
                </button>
                <button type="button" class="button" disabled={busy()} onClick={dismiss}>
                  Dismiss <KeyHint action="dismissCard" />
                </button>
                <button type="button" class="button" disabled={place() === 0} onClick={() => go(-1)}>
                  <ArrowLeft size={16} /> Before
                </button>
                <button type="button" class="button" disabled={place() + 1 >= cards().length} onClick={() => go(1)}>
                  Next <ArrowRight size={16} />
                </button>
              </div>
              <Lasso onChoose={(ids) => ids.forEach(chosen.add)}>
                <CropChoices
                  tiles={shown().tiles}
                  leftOut={chosen.leftOut()}
                  onToggle={chosen.toggle}
                  label="Crops, the most typical first"
                  title="Choose this crop"
                  word="chosen"
                />
              </Lasso>
            </section>
          )}
        </Match>
        <Match when={found()}>
          <Message
            icon={<Sparkle size={26} />}
            title={found()?.working ? 'Cards are being worked out' : 'No unknown animals'}
          >
            When at least ten waiting animals fit no known taxon, those that look alike are shown here on one card.
          </Message>
        </Match>
      </Switch>
    </div>
  )
}

/** Less similar, the most similar known taxon says nothing. */
const ALIKE = 0.05

const percent = (share: number) => `${Math.round(100 * share)} %`

function Facts(props: { card: UnknownCard; place: string }): JSX.Element {
  const background = () => (props.card.cameraPurity ?? 0) > props.card.lookPurity
  return (
    <div class="unknown-animals-facts">
      <h2>
        {counted(props.card.animals, 'animal')}, new in{' '}
        <Show when={props.card.under} fallback="no known taxon">
          {(taxon) => <TaxonName taxon={taxon()} inline />}
        </Show>
      </h2>
      <p role="status">
        {props.place}.{' '}
        <Show when={props.card.nearest}>
          {(nearest) => (
            <Show when={nearest().similarity >= ALIKE} fallback="Like no known photo. ">
              Most similar known: <TaxonName taxon={nearest().taxon} inline common={false} />{' '}
              {`(similarity ${probabilityText(nearest().similarity)}). `}
            </Show>
          )}
        </Show>
        {percent(props.card.lookPurity)} have their most similar animal on this card
        <Show when={props.card.cameraPurity}>{(purity) => <>; {percent(purity())} are from one camera</>}</Show>.
      </p>
      <Show when={background()}>
        <p class="unknown-animals-warning">One camera more than one look: the background may have made this card.</p>
      </Show>
    </div>
  )
}
