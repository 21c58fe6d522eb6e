// One animal under review. In: its id. Out: the person's statement about it. Both its facts and its answer are keyed by that id and
// nothing is kept from the detection before, so the suggestions shown always belong to the photo shown.

import { useQuery } from '@tanstack/solid-query'
import { createEffect, createMemo, createSignal, type JSX, on, Show } from 'solid-js'
import type { Similar } from '../../api/contract/suggestion.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import { picks, rankConfirms } from '../keys/actions.ts'
import { type Acts, useActions } from '../keys/use-actions.ts'
import { AnswerPanel } from '../parts/answer/answer-panel.tsx'
import { AnswerSkeleton } from '../parts/answer/answer-skeleton.tsx'
import type { Suggestion } from '../parts/answer/suggestion-list.tsx'
import { isWorthNaming, sayings } from '../parts/answer/words.ts'
import { Failure } from '../parts/message.tsx'
import { SplitView } from '../parts/split-view.tsx'
import { NewTaxon } from '../parts/taxon/new-taxon.tsx'
import { person } from '../person/person.ts'
import { burst } from '../server/boxes.ts'
import { answer, answerOptions, detection } from '../server/detections.ts'
import type { Statement } from '../server/identifications.ts'
import { dataOf } from '../server/query-client.ts'
import { Burst } from './burst.tsx'
import { burstToConfirm } from './burst-members.ts'
import { DecisionBar } from './decision-bar.tsx'
import { Evidence } from './evidence.tsx'
import { createMarking } from './marking.ts'
import type { Moves } from './moves.ts'
import { createBoxWork } from './photo/boxing.ts'
import { Compare, knownAfter } from './photo/compare.tsx'
import { brightness, contrast, lightSteps, resetLight, setBrightness, setContrast } from './photo/light.ts'
import { besides } from './photo/photo-animals.tsx'
import type { Hands } from './photo/photo-view.tsx'
import { Stage, StageSkeleton } from './photo/stage.tsx'

/** A key right after the answer was replaced is meant for the answer before: it is not taken. */
const SETTLE_MS = 350
/** One press of an arrow, CSS pixels. */
const PAN = 80

export function Case(props: {
  detectionId: string
  zoomed: boolean
  onZoom: (zoomed: boolean) => void
  moves: Moves
}): JSX.Element {
  const facts = useQuery(() => detection(props.detectionId))
  const asked = useQuery(() => answer(props.detectionId, answerOptions()))
  const together = useQuery(() => burst(props.detectionId))
  const detail = () => dataOf(facts)
  const answered = createMemo(() => dataOf(asked)?.detections.find((d) => d.detectionId === props.detectionId))
  const suggestions = () => answered()?.suggestions ?? []

  const [picked, setPicked] = createSignal<string | null>(null)
  /** Where nothing fits nothing is selected: Enter must not teach a name that nobody chose. */
  const best = createMemo(() => suggestions().find((s) => isWorthNaming(s.probability)))
  const selected = createMemo<Suggestion | undefined>(
    () => suggestions().find((s) => s.taxon.id === picked()) ?? best(),
  )
  const pickBeside = (by: 1 | -1) => {
    const here = suggestions().findIndex((s) => s.taxon.id === selected()?.taxon.id)
    const next = suggestions()[here + by]
    if (next !== undefined) setPicked(next.taxon.id)
  }
  const [comparing, setComparing] = createSignal(false)
  const [known, setKnown] = createSignal<string | null>(null)
  const [newName, setNewName] = createSignal<string | null>(null)
  let search: HTMLInputElement | undefined
  let note: HTMLTextAreaElement | undefined
  let hands: Hands | undefined

  let changedAt = Number.NEGATIVE_INFINITY
  const meant = createMemo(() => [suggestions()[0], ...(answered()?.path ?? [])].map((of) => of?.taxon.id).join())
  createEffect(
    on(
      meant,
      (_now, before) => {
        if (before !== '') changedAt = performance.now()
      },
      { defer: true },
    ),
  )
  const isSettled = () => performance.now() - changedAt > SETTLE_MS
  createEffect(() => {
    const answer = answered()
    if (answer === undefined) return
    const said = sayings(answer.path).map((saying) => `${saying.adverb} ${saying.taxon.name}`)
    const first = best()
    const words = first === undefined ? 'nothing fits' : `first suggestion ${first.taxon.name}`
    props.moves.announce([...said, words].join(', '))
  })

  const treeVersion = () => dataOf(asked)?.treeVersion
  const say = (taxon: Taxon, kind: Statement['basis']['kind']) =>
    props.moves.identify(
      {
        detectionId: props.detectionId,
        taxonId: taxon.id,
        basis: { kind, rank: taxon.rank, treeVersion: treeVersion() },
      },
      taxon,
    )
  const alreadySaid = (taxon: Taxon) =>
    detail()?.identifications.some(
      (i) => i.taxon.id === taxon.id && i.person === person() && i.withdrawnAt === null && !i.proposal,
    )
  const confirm = (suggestion: Suggestion | undefined) => {
    if (suggestion === undefined) {
      if (answered() !== undefined) search?.focus()
      return
    }
    if (alreadySaid(suggestion.taxon)) return props.moves.later()
    say(suggestion.taxon, 'suggestion')
  }
  const confirmSelected = () => {
    if (isSettled()) confirm(selected())
  }
  const confirmBurst = () => {
    const taxon = selected()?.taxon
    const ids = burstToConfirm(dataOf(together)?.items ?? [], props.detectionId).map((d) => d.id)
    if (taxon === undefined || !isSettled() || ids.length < 2) return
    props.moves.identifyBurst(ids, taxon, treeVersion())
  }
  const toggleCompare = () => {
    const [first] = suggestions()
    if (selected() === undefined && first !== undefined) setPicked(first.taxon.id)
    setComparing((on) => !on && selected() !== undefined)
  }
  const compare = (suggestion: Suggestion, similar: Similar | null) => {
    setPicked(suggestion.taxon.id)
    setKnown(similar?.detectionId ?? null)
    setComparing(true)
  }
  const nextKnown = () => {
    const suggestion = selected()
    if (suggestion === undefined || !comparing()) return toggleCompare()
    const shown = known() ?? suggestion.similar[0]?.detectionId ?? null
    setKnown(knownAfter(suggestion, shown)?.detectionId ?? null)
  }

  const marking = createMarking(detail, props.moves.decide)
  const boxing = createBoxWork({
    detection: detail,
    onMade: (id) => props.moves.open(id),
    onRemoved: (removed) => props.moves.leaveDeleted(removed),
  })
  const toAnimal = (by: 1 | -1) => {
    const shown = detail()
    const other = shown === undefined ? undefined : besides(shown, by)
    if (other !== undefined) props.moves.open(other.id)
  }
  const focusNote = () => {
    note?.scrollIntoView({ block: 'nearest' })
    note?.focus()
  }

  const looking: Acts = {
    zoomIn: () => hands?.closer(),
    zoomOut: () => hands?.farther(),
    panLeft: () => hands?.pan(PAN, 0),
    panRight: () => hands?.pan(-PAN, 0),
    panUp: () => hands?.pan(0, PAN),
    panDown: () => hands?.pan(0, -PAN),
    brighter: () => setBrightness(brightness() + lightSteps.step),
    darker: () => setBrightness(brightness() - lightSteps.step),
    moreContrast: () => setContrast(contrast() + lightSteps.step),
    lessContrast: () => setContrast(contrast() - lightSteps.step),
    asTaken: () => {
      hands?.reset()
      resetLight()
    },
  }
  const does = {
    confirm: confirmSelected,
    unknown: marking.unknown,
    notAnimal: marking.notAnimal,
    empty: marking.empty,
    flag: marking.flag,
    note: focusNote,
    similar: () => props.moves.showSimilar(selected()?.taxon),
    previous: () => props.moves.back(),
    next: () => props.moves.later(),
    undo: () => props.moves.undo(),
    redo: () => props.moves.redo(),
  } satisfies Acts
  useActions(() => {
    // While a box is drawn only its own keys decide anything.
    if (boxing.work() !== null) return { zoomIn: looking.zoomIn, zoomOut: looking.zoomOut }
    const acts: Acts = {
      ...does,
      ...looking,
      burst: confirmBurst,
      search: () => search?.focus(),
      queues: () => props.moves.chooseQueue(),
      rivalBelow: () => pickBeside(1),
      rivalAbove: () => pickBeside(-1),
      nextAnimal: () => toAnimal(1),
      previousAnimal: () => toAnimal(-1),
      wholePhoto: () => props.onZoom(!props.zoomed),
      compare: toggleCompare,
      nextKnown,
      drawBox: boxing.draw,
      changeBox: boxing.change,
      deleteBox: boxing.remove,
    }
    suggestions().forEach((suggestion, i) => {
      const name = picks[i]
      if (name !== undefined) acts[name] = () => setPicked(suggestion.taxon.id)
    })
    answered()?.path.forEach((step, i) => {
      const name = rankConfirms[i]
      if (name === undefined) return
      acts[name] = () => {
        if (isSettled()) say(step.taxon, 'suggestion')
      }
    })
    return acts
  })

  return (
    <Show
      when={detail()}
      fallback={
        <Show when={facts.isError} fallback={<CaseSkeleton />}>
          <Failure error={facts.error} retry={() => void facts.refetch()} />
        </Show>
      }
    >
      {(d) => (
        <SplitView
          side={
            <>
              <Evidence
                detection={d()}
                answer={answered()}
                error={asked.error}
                onRetry={() => void asked.refetch()}
                selected={selected()?.taxon.id ?? null}
                onSelect={(s) => setPicked(s.taxon.id)}
                onConfirm={confirm}
                onConfirmRank={(taxon) => say(taxon, 'suggestion')}
                onCompare={compare}
                onSearched={(taxon) => say(taxon, 'search')}
                onNew={setNewName}
                searchRef={(element) => {
                  search = element
                }}
                noteRef={(element) => {
                  note = element
                }}
              />
              <DecisionBar
                detection={d()}
                taxon={selected()?.taxon ?? null}
                rivals={suggestions().length}
                canGoBack={props.moves.canGoBack}
                does={{ ...does, confirm: () => confirm(selected()) }}
              />
            </>
          }
        >
          <Stage
            detection={d()}
            zoomed={props.zoomed}
            onZoom={props.onZoom}
            comparing={comparing() && selected() !== undefined}
            onCompare={toggleCompare}
            canCompare={suggestions().length > 0}
            compared={
              <Show when={selected()}>
                {(suggestion) => <Compare suggestion={suggestion()} known={known()} onKnown={setKnown} />}
              </Show>
            }
            onPick={props.moves.open}
            boxing={boxing}
            hands={(made) => {
              hands = made
            }}
            strip={
              <Burst
                detectionId={props.detectionId}
                taxon={selected()?.taxon ?? null}
                onOpen={props.moves.open}
                onConfirm={confirmBurst}
              />
            }
          />
          <Show when={newName()} keyed>
            {(name) => (
              <NewTaxon
                name={name}
                path={answered()?.path.map((step) => step.taxon) ?? []}
                onClose={() => setNewName(null)}
                onMade={(taxon) => {
                  setNewName(null)
                  say(taxon, 'search')
                }}
              />
            )}
          </Show>
        </SplitView>
      )}
    </Show>
  )
}

/** The same shape, before anything is known. */
export function CaseSkeleton(): JSX.Element {
  return (
    <SplitView
      busy
      side={
        <AnswerPanel>
          <AnswerSkeleton />
        </AnswerPanel>
      }
    >
      <StageSkeleton />
    </SplitView>
  )
}
