// What a person can say about the animal under review: that it is the proposed or the selected taxon or another one, or
// that its whole burst is.

import { type Accessor, createEffect, createMemo, on } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import type { DetectionDetail } from '../../api/contract/media.ts'
import type { AnsweredDetection } from '../../api/contract/suggestion.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import { person } from '../person/person.ts'
import type { Statement } from '../server/identifications.ts'
import { burstToConfirm, doubtful } from './burst/burst-members.ts'
import type { Main } from './decision-bar.tsx'
import type { Moves } from './moves.ts'

/** A key pressed right after the answer changed was meant for the old answer, so it is ignored. */
const SETTLE_MS = 350

export type Statements = {
  /** `kind` says how the person found the name. */
  say: (taxon: Taxon, kind: Statement['basis']['kind']) => void
  confirm: (taxon: Taxon) => void
  /** Does what the main button says. */
  proceed: () => void
  /** For keys: like proceed, but ignored right after the answer changed. */
  proceedByKey: () => void
  confirmRank: (taxon: Taxon) => void
  /** Confirms the burst, or asks first where not all of it is sure. */
  confirmBurst: () => void
}

/** Whether this person says now that the animal is of this taxon. */
export const saidBy = ({ identifications }: DetectionDetail, taxon: Taxon, who: string): boolean =>
  identifications.some((i) => i.taxon.id === taxon.id && i.person === who && i.withdrawnAt === null && !i.proposal)

/** False right after one answer replaced another. */
function createSettled(answer: Accessor<AnsweredDetection | undefined>): () => boolean {
  let changedAt = Number.NEGATIVE_INFINITY
  const meaning = createMemo(() =>
    [answer()?.suggestions[0], answer()?.stop, ...(answer()?.path ?? [])].map((of) => of?.taxon.id).join(),
  )
  createEffect(
    on(
      meaning,
      (_now, before) => {
        if (before !== '') changedAt = performance.now()
      },
      { defer: true },
    ),
  )
  return () => performance.now() - changedAt > SETTLE_MS
}

export function createStatements(options: {
  detectionId: () => string
  detail: () => DetectionDetail | undefined
  answer: Accessor<AnsweredDetection | undefined>
  treeVersion: () => string | undefined
  burst: () => readonly Detection[]
  /** What the main button does: the proposal, or what the person selected. */
  main: () => Main
  moves: Moves
  markEmpty: () => void
  askBurst: (members: readonly Detection[]) => void
}): Statements {
  const isSettled = createSettled(options.answer)
  const say: Statements['say'] = (taxon, kind) =>
    options.moves.identify(
      {
        detectionId: options.detectionId(),
        taxonId: taxon.id,
        basis: { kind, rank: taxon.rank, treeVersion: options.treeVersion() },
      },
      taxon,
    )
  const confirm: Statements['confirm'] = (taxon) => {
    const shown = options.detail()
    if (shown !== undefined && saidBy(shown, taxon, person())) options.moves.later()
    else say(taxon, 'suggestion')
  }
  const proceed = () => {
    const main = options.main()
    if (main.does === 'confirm') confirm(main.taxon)
    else if (main.does === 'empty') options.markEmpty()
    else options.moves.later()
  }
  return {
    say,
    confirm,
    proceed,
    proceedByKey() {
      if (isSettled()) proceed()
    },
    confirmRank(taxon) {
      if (isSettled()) say(taxon, 'suggestion')
    },
    confirmBurst() {
      const main = options.main()
      const members = burstToConfirm(options.burst(), options.detectionId())
      if (main.does !== 'confirm' || !isSettled() || members.length < 2) return
      if (doubtful(members, main, options.detectionId()).length > 0) return options.askBurst(members)
      const ids = members.map((d) => d.id)
      options.moves.identifyBurst(ids, main.taxon, options.treeVersion())
    },
  }
}
