// What a person can say about the animal under review: that it is the selected suggestion or another taxon, or that its
// whole burst is.

import { type Accessor, createEffect, createMemo, on } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import type { DetectionDetail } from '../../api/contract/media.ts'
import type { AnsweredDetection } from '../../api/contract/suggestion.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import type { Suggestion } from '../parts/answer/suggestion-list.tsx'
import { person } from '../person/person.ts'
import type { Statement } from '../server/identifications.ts'
import { burstToConfirm } from './burst/burst-members.ts'
import type { Moves } from './moves.ts'

/** A key pressed right after the answer changed was meant for the old answer, so it is ignored. */
const SETTLE_MS = 350

export type Statements = {
  /** `kind` says how the person found the name. */
  say: (taxon: Taxon, kind: Statement['basis']['kind']) => void
  confirm: (suggestion: Suggestion | undefined) => void
  /** For keys: like confirm, but ignored right after the answer changed. */
  confirmSelected: () => void
  confirmRank: (taxon: Taxon) => void
  confirmBurst: () => void
}

/** False right after one answer replaced another. */
function createSettled(answer: Accessor<AnsweredDetection | undefined>): () => boolean {
  let changedAt = Number.NEGATIVE_INFINITY
  const meaning = createMemo(() =>
    [answer()?.suggestions[0], ...(answer()?.path ?? [])].map((of) => of?.taxon.id).join(),
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
  selected: () => Suggestion | undefined
  moves: Moves
  /** Opens the search, for when there is nothing to confirm. */
  search: () => void
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
  const alreadySaid = (taxon: Taxon) =>
    options
      .detail()
      ?.identifications.some(
        (i) => i.taxon.id === taxon.id && i.person === person() && i.withdrawnAt === null && !i.proposal,
      )
  const confirm: Statements['confirm'] = (suggestion) => {
    if (suggestion === undefined) {
      if (options.answer() !== undefined) options.search()
    } else if (alreadySaid(suggestion.taxon)) options.moves.later()
    else say(suggestion.taxon, 'suggestion')
  }
  return {
    say,
    confirm,
    confirmSelected() {
      if (isSettled()) confirm(options.selected())
    },
    confirmRank(taxon) {
      if (isSettled()) say(taxon, 'suggestion')
    },
    confirmBurst() {
      const taxon = options.selected()?.taxon
      const ids = burstToConfirm(options.burst(), options.detectionId()).map((d) => d.id)
      if (taxon === undefined || !isSettled() || ids.length < 2) return
      options.moves.identifyBurst(ids, taxon, options.treeVersion())
    },
  }
}
