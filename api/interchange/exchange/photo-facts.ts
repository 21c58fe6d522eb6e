// What a record of another program says of a photo, as an import sends it along, and what of it stays out.

import type { Observation } from '../../../db/photos/observations.ts'
import type { OwnValues } from '../../../db/schema.ts'
import { cameraTime } from '../../../indexer/photos/camera-time.ts'
import type { Finding, Findings } from '../../contract/exchange/findings.ts'
import type { PhotoFacts } from '../../contract/exchange/import.ts'
import { tidyText } from '../../contract/exchange/text.ts'
import { namesNoTaxon } from '../scientific-name.ts'
import { kindOf } from './labels.ts'
import type { ReadOptions } from './reader.ts'
import type { Box, PhotoRecord, Statement, TaxonWords } from './records.ts'

export type PlanChoices = ReadOptions & {
  /** Take the boxes of the file; else this installation's detector looks itself. */
  boxes: boolean
  /** Boxes of machines below it are left out; by default what the file says. */
  threshold?: number
}

export type NameCount = { words: TaxonWords; count: number; verified: boolean }

const MOST_BOXES = 1000
const MOST_STATEMENTS = 50
const MOST_NAME = 60
/** Names are counted until so many different ones came; the photos of all others are read like theirs. */
const MOST_NAMES = 20_000

export class FactsOfPhotos {
  /** Of the file that is read: boxes of machines below it are noise. */
  threshold: number | null = null
  readonly counts = { boxes: 0, verified: 0, proposals: 0, empty: 0 }
  readonly #choices: PlanChoices
  readonly #leave: (what: string, why: string) => void
  readonly #names = new Map<string, NameCount>()
  #tooFaint = 0
  #suppressed = 0

  constructor(choices: PlanChoices, leave: (what: string, why: string) => void) {
    this.#choices = choices
    this.#leave = leave
  }

  /** Most frequent first. */
  get names(): NameCount[] {
    return [...this.#names.values()].sort((a, b) => b.count - a.count)
  }

  of(record: PhotoRecord): PhotoFacts {
    const found = this.#choices.boxes ? record.boxes.flatMap((box) => this.#boxOf(box, record)) : []
    const whole = this.#said([
      ...record.statements,
      ...(this.#choices.boxes ? [] : record.boxes.flatMap((box) => box.statements)),
    ])
    if (whole.length > 0)
      found.push({ bbox: null, kind: 'animal', confidence: null, statements: whole, ...seen(record.observed) })
    if (record.lostBoxes !== undefined && this.#choices.boxes) this.#leave(record.path, lostBoxes(record.lostBoxes))
    if (found.length > MOST_BOXES)
      this.#leave(record.path, `Of ${found.length} boxes the first ${MOST_BOXES} are taken.`)
    this.counts.boxes += found.filter(({ bbox }) => bbox !== null).length
    const searched = record.searched && this.#choices.boxes
    const findings: Findings = {
      searched,
      detector: record.detector === null ? null : keptText(record.detector),
      found: found.slice(0, MOST_BOXES),
      ...(record.size !== null && record.boxes.length > 0 && { size: record.size }),
    }
    const isEmpty = record.empty?.verified === true && found.every(({ statements }) => statements.length === 0)
    if (record.empty !== null) this.counts.empty++
    const time = localTimeOf(record.capturedAt)
    return {
      ...((searched || found.length > 0) && { findings }),
      ...(isEmpty && { empty: true }),
      ...(record.deployment && { deployment: keptText(record.deployment) }),
      ...(record.group && { group: keptText(record.group) }),
      ...(time !== null && { capturedAt: time }),
      ...placeOf(record),
    }
  }

  #boxOf({ bbox, kind, confidence, suppressed, statements, observed }: Box, record: PhotoRecord): Finding[] {
    const said = kind === 'animal' ? this.#said(statements) : []
    const verified = said.some((one) => one.verified)
    if (suppressed && !verified) this.#suppressed++
    const isFaint = !verified && confidence !== null && this.threshold !== null && confidence < this.threshold
    if (isFaint && !suppressed) this.#tooFaint++
    const isHuman = record.detector === null && statements.length > 0 && confidence === null
    if ((suppressed || isFaint) && !verified && !isHuman) return []
    return [{ bbox, kind, confidence, statements: said, ...seen(observed) }]
  }

  /** Without states: "empty", "unknown", "person" are no taxa. */
  #said(statements: Statement[]): Finding['statements'] {
    const kept: Finding['statements'] = []
    for (const { taxon, verified, by, score } of statements) {
      if (isNoTaxon(taxon)) continue
      const words = shortened(taxon)
      const key = JSON.stringify([words, verified])
      const known = this.#names.get(key)
      if (known !== undefined) known.count++
      else if (this.#names.size < MOST_NAMES) this.#names.set(key, { words, count: 1, verified })
      this.counts[verified ? 'verified' : 'proposals']++
      const who = keptText(by, 200)
      kept.push({ taxon: words, verified, by: who === '' ? null : who, score })
    }
    return kept.slice(0, MOST_STATEMENTS)
  }

  /** Leaves out what was only counted. */
  finish(): void {
    if (this.#tooFaint > 0)
      this.#leave(`${this.#tooFaint} boxes`, 'The detector was less sure of them than the threshold.')
    if (this.#suppressed > 0)
      this.#leave(
        `${this.#suppressed} boxes`,
        'Repeat detection elimination took them out (their confidence is negative).',
      )
  }
}

const lostBoxes = (count: number) =>
  `${count === 1 ? 'A box has' : `${count} boxes have`} no area inside the photo. What they name is kept without them.`

/** As the contract takes names: one line, at most so long, without what no database keeps. */
export const keptText = (text: string | null | undefined, most = 300): string =>
  tidyText(text ?? undefined)
    .slice(0, most)
    .replace(/\p{Surrogate}/gu, '')

export const isNoTaxon = (words: TaxonWords): boolean => {
  if (words.class || words.order || words.family || words.genus || words.species)
    return /^homo sapiens$/i.test(words.species ?? '')
  const label = words.scientificName ?? words.label
  return namesNoTaxon(label) || kindOf(label) !== null
}

/** Values that the contract takes. */
function ownOf(own: Observation['own']): { own?: OwnValues } {
  const kept = Object.entries(own ?? {}).flatMap(([name, value]) => {
    const text = typeof value === 'number' ? value : keptText(value, 200)
    return text === '' || name !== keptText(name, MOST_NAME) ? [] : [[name, text]]
  })
  return kept.length === 0 ? {} : { own: Object.fromEntries(kept) }
}

/** As the contract takes it; nothing where nothing was seen. */
function seen(observed: Observation | undefined): Pick<Finding, 'observed'> {
  const tidy = (text: string | null | undefined) => keptText(text, 200) || null
  const { count = null, sex = null, lifeStage = null } = observed ?? {}
  const kept = {
    count: count !== null && Number.isInteger(count) && count >= 1 && count <= 100_000 ? count : null,
    sex,
    lifeStage,
    behaviour: tidy(observed?.behaviour),
    individual: tidy(observed?.individual),
    ...ownOf(observed?.own),
  }
  return Object.values(kept).some((value) => value !== null) ? { observed: kept } : {}
}

/** Texts as the contract takes them: one line, not too long, without what no database keeps. */
function shortened(words: TaxonWords): TaxonWords {
  const kept = Object.entries(words).flatMap(([key, value]) => {
    const text = keptText(value)
    return text === '' && key !== 'label' ? [] : [[key, text]]
  })
  return { label: '', ...Object.fromEntries(kept) } as TaxonWords // the same keys, with shorter texts
}

const placeOf = ({ latitude, longitude }: PhotoRecord) =>
  latitude !== null && longitude !== null && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
    ? { latitude, longitude }
    : {}

/** "2020-05-30T04:57:37+02:00" by the clock of the place; null for what is no time that a clock showed. */
export const localTimeOf = (text: string | null): string | null => cameraTime(text ?? '')?.replace(' ', 'T') ?? null
