// One animal under review: its photo, its answer, and the person's decision. Facts and answer are both requested by its
// id and nothing is kept from the previous animal, so the suggestions always belong to the photo shown.

import { createEffect, createSignal, type JSX, Show } from 'solid-js'
import { AnswerPanel } from '../parts/answer/answer-panel.tsx'
import { AnswerSkeleton } from '../parts/answer/answer-skeleton.tsx'
import { sayings } from '../parts/answer/words.ts'
import { Failure } from '../parts/message.tsx'
import { SplitView } from '../parts/split-view.tsx'
import { NewTaxon } from '../parts/taxon/new-taxon.tsx'
import { Burst } from './burst/burst.tsx'
import { BurstQuestion } from './burst/burst-question.tsx'
import { type CaseParts, createCase } from './case-state.ts'
import { DecisionBar } from './decision-bar.tsx'
import { Evidence } from './evidence.tsx'
import type { Moves } from './moves.ts'
import { Compare } from './photo/compare.tsx'
import { Stage, StageSkeleton } from './photo/stage.tsx'

export function Case(props: {
  detectionId: string
  zoomed: boolean
  onZoom: (zoomed: boolean) => void
  moves: Moves
}): JSX.Element {
  const [newName, setNewName] = createSignal<string | null>(null)
  const parts: CaseParts = {}
  const { facts, asked, detail, answered, suggestions, choice, main, statements, burstQuestion, boxing, decisions } =
    createCase({
      detectionId: () => props.detectionId,
      moves: props.moves,
      parts,
      toggleZoom: () => props.onZoom(!props.zoomed),
    })
  const chosenTaxon = () => {
    const now = main()
    return now.does === 'confirm' ? now.taxon : null
  }
  createEffect(() => {
    const now = answered()
    if (now === undefined) return
    const said = sayings(now.path).map((saying) => `${saying.adverb} ${saying.taxon.name}`)
    const taxon = chosenTaxon()
    const words = taxon === null ? 'no name is sure' : `proposed ${taxon.name}`
    props.moves.announce([...said, words].join(', '))
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
                choice={choice}
                statements={statements}
                onNew={setNewName}
                parts={parts}
              />
              <DecisionBar detection={d()} main={main()} canGoBack={props.moves.canGoBack} does={decisions} />
            </>
          }
        >
          <Stage
            detection={d()}
            zoomed={props.zoomed}
            onZoom={props.onZoom}
            comparing={choice.comparing()}
            onCompare={choice.toggleCompare}
            canCompare={suggestions().length > 0}
            compared={
              <Show when={choice.compared()}>
                {(suggestion) => <Compare suggestion={suggestion()} known={choice.known()} onKnown={choice.setKnown} />}
              </Show>
            }
            onPick={props.moves.open}
            boxing={boxing}
            controls={(made) => {
              parts.photo = made
            }}
            strip={
              <Burst
                detectionId={props.detectionId}
                taxon={chosenTaxon()}
                onOpen={props.moves.open}
                onConfirm={statements.confirmBurst}
              />
            }
          />
          <Show when={burstQuestion.asking()} keyed>
            {(members) => (
              <Show when={chosenTaxon()}>
                {(taxon) => (
                  <BurstQuestion
                    members={members}
                    doubtful={burstQuestion.doubtful(members)}
                    taxon={taxon()}
                    onClose={burstQuestion.close}
                    onConfirm={(ids) => {
                      burstQuestion.close()
                      props.moves.identifyBurst(ids, taxon(), asked.data?.treeVersion)
                    }}
                  />
                )}
              </Show>
            )}
          </Show>
          <Show when={newName()} keyed>
            {(name) => (
              <NewTaxon
                name={name}
                path={answered()?.path.map((step) => step.taxon) ?? []}
                onClose={() => setNewName(null)}
                onMade={(taxon) => {
                  setNewName(null)
                  statements.say(taxon, 'search')
                }}
              />
            )}
          </Show>
        </SplitView>
      )}
    </Show>
  )
}

/** A placeholder of the same shape while the animal loads. */
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
