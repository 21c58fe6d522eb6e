// The parts of an evaluation: each follows from what was read and from its own arguments alone, so that threads can do
// them at the same time and in any order.

import { performance } from 'node:perf_hooks'
import { changeCamera } from '../../../classifiers/evaluation/change.ts'
import { type DayOne, NEWCOMER, nameOneSpecies, wrongStops } from '../../../classifiers/evaluation/day-one.ts'
import { coverageOf, figuresOf, similarPrecision } from '../../../classifiers/evaluation/figures.ts'
import { ClavisMethod, fitBaseline, type Library, type Photo } from '../../../classifiers/evaluation/methods.ts'
import { Reuse, type Shared } from '../../../classifiers/evaluation/reuse.ts'
import { type Policy, review } from '../../../classifiers/evaluation/reviewing.ts'
import { visitSites } from '../../../classifiers/evaluation/sites.ts'
import { stateWrongLeft } from '../../../classifiers/evaluation/stopping.ts'
import { ASKED as ASKED_OF_STRANGERS, bySources, forRules, RULES } from '../../../classifiers/evaluation/strangers.ts'
import { answerStream } from '../../../classifiers/evaluation/stream.ts'
import { fewShots, knownStatistics, leaveOut, withWrongLabels } from '../../../classifiers/evaluation/trials.ts'
import { clusterUnknowns } from '../../../classifiers/evaluation/unknown-clusters.ts'
import { findWrongLabels, type Mistakes } from '../../../classifiers/evaluation/wrong-labels.ts'
import { quantile } from '../../../classifiers/fitting/averages.ts'
import { estimate } from '../../../classifiers/fitting/estimate.ts'
import { FOLDS, foldsOf } from '../../../classifiers/fitting/folds.ts'
import type { Statistics } from '../../../classifiers/statistics.ts'
import { type TaxonNode, Taxonomy } from '../../../classifiers/taxonomy.ts'
import { RANK_LEVELS } from '../../../db/schema.ts'

export type Splits = 'column' | '5'
/** Which photos are asked: those of the column split, or a fold. */
export type Split = { splits: Splits; seed: number }

/** What an evaluation has read. */
export type Material = {
  library: Library
  /** The library's taxa among others that have no photo. */
  untaught: readonly TaxonNode[] | null
  dayOne: Omit<DayOne, 'photos' | 'reuse'> | null
  shared: Shared | null
}
export type Context = Material & { reuse: Reuse }

const ASKED = [0.8, 0.9, 0.95, 0.99]

export const contextOf = (material: Material): Context => ({ ...material, reuse: new Reuse(material.shared) })

export function divide({ photos }: Library, { splits, seed }: Split): { train: Photo[]; test: Photo[] } {
  const folds = splits === 'column' ? null : foldsOf(photos)
  const isTest = (photo: Photo, i: number) => (folds ? folds[i] === seed % FOLDS : photo.test)
  return { train: photos.filter((photo, i) => !isTest(photo, i)), test: photos.filter(isTest) }
}

/** `fitted`: what `statistics`, `ours` or `known` gave, where a part needs it. */
export const DRAWS = {
  ours: ({ library, reuse }: Context, split: Split) => {
    const { train, test } = divide(library, split)
    const taxonomy = new Taxonomy(library.taxa)
    const begun = performance.now()
    const fitted = estimate({ taxonomy: library.taxa, examples: train, reference: null })
    const fitSeconds = (performance.now() - begun) / 1000
    const ours = new ClavisMethod(fitted, library.taxa, train, test, reuse)
    const figures = (alone: boolean) =>
      figuresOf(
        test.map((photo) => ours.answer(photo, { alone })),
        taxonomy,
        RANK_LEVELS,
        split.seed,
      )
    return {
      fitted,
      ours: figures(false),
      treeAlone: figures(true),
      coverage: coverageOf(ours, test, ASKED),
      similar: similarPrecision(ours, train, test),
      timing: { fitSeconds, ...updateTiming(ours, test) },
    }
  },
  baseline: ({ library }: Context, { name, ...split }: Split & { name: string }) => {
    const { train, test } = divide(library, split)
    const answers = test.map(fitBaseline(name, library.taxa, train))
    return figuresOf(answers, new Taxonomy(library.taxa), RANK_LEVELS, split.seed)
  },
  /** Statistics from what the column split teaches. */
  column: ({ library }: Context, _: object) => {
    const { train } = divide(library, { splits: 'column', seed: 0 })
    return estimate({ taxonomy: library.taxa, examples: train, reference: null })
  },
  sites: ({ library, dayOne, reuse }: Context, { seed }: { seed: number }, fitted: Statistics | null) => {
    const { train, test } = divide(library, { splits: 'column', seed: 0 })
    const strangers = dayOne?.strangers ?? []
    const seen = [...test, ...strangers]
    return visitSites(
      new ClavisMethod(given(fitted), dayOne?.taxa ?? library.taxa, train, seen, reuse),
      test,
      strangers,
      seed,
    )
  },
  noise: ({ library, reuse }: Context, { share }: { share: number }) => {
    const { train, test } = divide(library, { splits: 'column', seed: 0 })
    return topByRank(ClavisMethod.fit(library.taxa, withWrongLabels(train, share, 1), test, reuse), test)
  },
  untaught: ({ library, untaught, reuse }: Context, _: { taxa: number }) => {
    const { train, test } = divide(library, { splits: 'column', seed: 0 })
    return topByRank(ClavisMethod.fit(untaught ?? library.taxa, train, test, reuse), test)
  },
  known: ({ library }: Context, { seed }: { seed: number }) => knownStatistics(library, seed),
  shots: (
    { library, reuse }: Context,
    { capped, ...asked }: { shots: number[]; seed: number; capped: boolean },
    fitted: Statistics | null,
  ) => fewShots(library, { ...asked, fitted: given(fitted), how: { capped } }, reuse),
  review: ({ library, reuse }: Context, asked: { policy: Policy; seed: number }, fitted: Statistics | null) =>
    review(library, { ...asked, fitted: given(fitted) }, reuse),
  stopping: ({ library, reuse }: Context, asked: { seed: number }, fitted: Statistics | null) =>
    stateWrongLeft(library, { ...asked, fitted: given(fitted) }, reuse),
  unknownClusters: ({ library, reuse }: Context, asked: { seed: number }) => clusterUnknowns(library, asked, reuse),
  wrongLabels: ({ library, reuse }: Context, asked: { mistakes: Mistakes; share: number; seed: number }) =>
    findWrongLabels(library, asked, reuse),
  novelty: ({ library, reuse }: Context, asked: { level: number; share: number; draw: number }) =>
    leaveOut(library, asked, reuse),
  /** The column split without and with the cap. */
  rules: ({ library, reuse }: Context, _: object, fitted: Statistics | null) => {
    const { train, test } = divide(library, { splits: 'column', seed: 0 })
    const ours = new ClavisMethod(given(fitted), library.taxa, train, test, reuse)
    return forRules((rule) => ({
      figures: figuresOf(
        test.map((photo) => ours.answer(photo, RULES[rule])),
        new Taxonomy(library.taxa),
        RANK_LEVELS,
        0,
      ),
      coverage: coverageOf(ours, test, ASKED_OF_STRANGERS, RULES[rule]),
    }))
  },
  wrongStops: (context: Context, { sources }: { sources: string }, fitted: Statistics | null) => {
    const { taxa, photos, strangers, reuse } = dayOneOf(context, sources)
    const train = photos.filter(({ test }) => !test)
    return wrongStops(new ClavisMethod(given(fitted), taxa, train, [], reuse), strangers)
  },
  oneSpecies: (context: Context, { sources, seed }: { sources: string; seed: number }) =>
    nameOneSpecies(dayOneOf(context, sources), seed),
  newcomer: (context: Context, { sources, seed }: { sources: string; seed: number }) =>
    nameOneSpecies(dayOneOf(context, sources), seed, NEWCOMER),
  stream: (context: Context, { sources, seed }: { sources: string; seed: number }) =>
    answerStream(dayOneOf(context, sources), seed),
  change: (context: Context, { sources, seed }: { sources: string; seed: number }) =>
    changeCamera(dayOneOf(context, sources), seed),
}
export type Kind = keyof typeof DRAWS
export type ArgumentOf<K extends Kind> = Parameters<(typeof DRAWS)[K]>[1]
export type ResultOf<K extends Kind> = ReturnType<(typeof DRAWS)[K]>

/** The strangers of the named sources. */
function dayOneOf({ library, dayOne, reuse }: Context, sources: string): DayOne {
  if (!dayOne) throw new Error('Expected photos from unknown cameras')
  const part = bySources(dayOne.strangers).find((one) => one.sources === sources)
  return { ...dayOne, strangers: part?.strangers ?? [], photos: library.photos, reuse }
}

function given(fitted: Statistics | null): Statistics {
  if (!fitted) throw new Error('Expected statistics for this part')
  return fitted
}

/** Milliseconds to learn and unlearn an example, and to answer. */
function updateTiming(ours: ClavisMethod, test: readonly Photo[]) {
  const examples = test.slice(0, 200).map((photo) => ours.exampleOf(photo))
  const timed = (work: (example: (typeof examples)[number]) => void): number[] =>
    examples.map((example) => {
      const begun = performance.now()
      work(example)
      return performance.now() - begun
    })
  const update = timed((example) => ours.tree.add(example))
  timed((example) => ours.tree.remove(example))
  const score = timed((example) => ours.tree.score(example.vector))
  return { updateP95Ms: quantile(update, 0.95), scoreP50Ms: quantile(score, 0.5) }
}

function topByRank(ours: ClavisMethod, test: readonly Photo[]): Record<string, number> {
  const answers = test.map((photo) => ours.answer(photo))
  const { ranks } = figuresOf(answers, ours.tree.taxonomy, RANK_LEVELS, 0)
  return Object.fromEntries(Object.entries(ranks).map(([rank, { top1 }]) => [rank, top1]))
}
