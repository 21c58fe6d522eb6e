// What a file of another program means for photos: which it is about, what to send with each, and what stays out and
// why.

import type { Observation } from '../../../db/photos/observations.ts'
import type { OwnValues } from '../../../db/schema.ts'
import { cameraTime } from '../../../indexer/photos/camera-time.ts'
import type { Finding, Findings } from '../../contract/exchange/findings.ts'
import type { PhotoFacts } from '../../contract/exchange/import.ts'
import { tidyText } from '../../contract/exchange/text.ts'
import { namesNoTaxon } from '../scientific-name.ts'
import { type FactsStore, openFactsMemory } from './facts-file.ts'
import { kindOf } from './labels.ts'
import { mergeFacts } from './merge-facts.ts'
import { commonFolderOf, type PathAnswer } from './photo-paths.ts'
import type { FileSet, ReadOptions } from './reader.ts'
import type { Recognised } from './recognise.ts'
import type { About, Box, DeploymentRecord, ExchangeRecord, PhotoRecord, Statement, TaxonWords } from './records.ts'

export type PlanChoices = ReadOptions & {
  /** Take the boxes of the file; else this installation's detector looks itself. */
  boxes: boolean
  /** Boxes of machines below it are left out; by default what the file says. */
  threshold?: number
}

export type FormatFound = { name: string; title: string; files: string[] } & Pick<
  About,
  'version' | 'detector' | 'threshold'
>

export type FoundPhotos = {
  formats: FormatFound[]
  counts: { photos: number; boxes: number; verified: number; proposals: number; empty: number; events: number }
  /** By the path of the photo that is there: where the store keeps what is said of it. */
  photos: Map<string, number>
  /** In the file, but not there: where the store keeps each. */
  missing: number[]
  store: FactsStore<FoundPhoto>
  /** The folder that every photo of the files lies in, by their paths; '' where there is none. */
  commonFolder: string
  deployments: DeploymentRecord[]
  names: { words: TaxonWords; count: number; verified: boolean }[]
  leftOut: { what: string; why: string }[]
}

/** A photo as the file names it, and what the file says. */
export type FoundPhoto = { path: string; withoutEnding: boolean; facts: PhotoFacts }

/** Lists of more rows tell nobody more. */
const MOST_LEFT_OUT = 100_000
const MOST_BOXES = 1000
const MOST_STATEMENTS = 50
const MOST_NAME = 60

export async function planPhotos(
  files: FileSet,
  recognised: Recognised[],
  find: (wanted: { path: string; withoutEnding: boolean }) => PathAnswer,
  choices: PlanChoices,
  store: FactsStore<FoundPhoto> = openFactsMemory(),
): Promise<FoundPhotos> {
  const plan = new Planning(find, choices, store)
  for (const { reader, paths } of recognised) {
    plan.begin({ name: reader.name, title: reader.title, files: paths, version: null, detector: null, threshold: null })
    for await (const record of reader.read(files, paths, choices)) plan.take(record)
  }
  return plan.finish()
}

class Planning {
  readonly #find: (wanted: { path: string; withoutEnding: boolean }) => PathAnswer
  readonly #choices: PlanChoices
  #threshold: number | null = null
  readonly #names = new Map<string, { words: TaxonWords; count: number; verified: boolean }>()
  /** Under which other path of a file each photo was found: two paths must not become one photo. */
  readonly #takenBy = new Map<string, string>()
  #commonFolder: string | null = null
  #tooFaint = 0
  #suppressed = 0
  readonly found: FoundPhotos

  constructor(
    find: (wanted: { path: string; withoutEnding: boolean }) => PathAnswer,
    choices: PlanChoices,
    store: FactsStore<FoundPhoto>,
  ) {
    this.#find = find
    this.#choices = choices
    this.found = {
      formats: [],
      counts: { photos: 0, boxes: 0, verified: 0, proposals: 0, empty: 0, events: 0 },
      photos: new Map(),
      missing: [],
      store,
      commonFolder: '',
      deployments: [],
      names: [],
      leftOut: [],
    }
  }

  begin(format: FormatFound): void {
    this.found.formats.push(format)
    this.#threshold = null
  }

  take(record: ExchangeRecord): void {
    switch (record.type) {
      case 'about':
        this.#about(record)
        return
      case 'leftOut':
        this.#leave(record.what, record.why)
        return
      case 'deployment':
        this.found.deployments.push(record)
        return
      case 'event':
        this.found.counts.events++
        return
      case 'photo':
        this.#photo(record)
    }
  }

  #about({ version, detector, threshold }: About): void {
    const format = this.found.formats.at(-1)
    if (format === undefined) return
    Object.assign(format, { version: format.version ?? version, detector: format.detector ?? detector })
    this.#threshold = this.#choices.threshold ?? threshold
    format.threshold = this.#threshold
  }

  #leave(what: string, why: string): void {
    if (this.found.leftOut.length < MOST_LEFT_OUT) this.found.leftOut.push({ what, why })
  }

  #photo(record: PhotoRecord): void {
    this.found.counts.photos++
    this.#commonFolder = commonFolderOf(this.#commonFolder, record.path)
    if (record.failure !== null) this.#leave(record.path, `The other program could not read it: ${record.failure}`)
    const facts = this.#factsOf(record)
    const answer = this.#find({ path: record.path, withoutEnding: record.withoutEnding ?? false })
    if ('none' in answer) {
      if (answer.none === 'missing')
        this.found.missing.push(
          this.found.store.put({ path: record.path, withoutEnding: record.withoutEnding ?? false, facts }),
        )
      else this.#leave(record.path, 'Several photos have this name, and the path does not say which is meant.')
      return
    }
    const { photos, store } = this.found
    const taken = this.#takenBy.get(answer.path) ?? (photos.has(answer.path) ? answer.path : undefined)
    if (taken !== undefined && taken !== record.path) {
      this.#leave(record.path, `The photo ${answer.path} was found for ${taken} already.`)
      return
    }
    if (record.path !== answer.path) this.#takenBy.set(answer.path, record.path)
    const before = photos.get(answer.path)
    const all = before === undefined ? facts : mergeFacts(store.get(before).facts, facts)
    photos.set(answer.path, store.put({ path: record.path, withoutEnding: false, facts: all }))
  }

  #factsOf(record: PhotoRecord): PhotoFacts {
    const found = this.#choices.boxes ? record.boxes.flatMap((box) => this.#boxOf(box, record)) : []
    const whole = this.#said([
      ...record.statements,
      ...(this.#choices.boxes ? [] : record.boxes.flatMap((box) => box.statements)),
    ])
    if (whole.length > 0)
      found.push({ bbox: null, kind: 'animal', confidence: null, statements: whole, ...seen(record.observed) })
    if (found.length > MOST_BOXES)
      this.#leave(record.path, `Of ${found.length} boxes the first ${MOST_BOXES} are taken.`)
    this.found.counts.boxes += found.filter(({ bbox }) => bbox !== null).length
    const searched = record.searched && this.#choices.boxes
    const findings: Findings = {
      searched,
      detector: record.detector?.slice(0, 300) ?? null,
      found: found.slice(0, MOST_BOXES),
      ...(record.size !== null && record.boxes.length > 0 && { size: record.size }),
    }
    const isEmpty = record.empty?.verified === true && found.every(({ statements }) => statements.length === 0)
    if (record.empty !== null) this.found.counts.empty++
    const time = localTimeOf(record.capturedAt)
    return {
      ...((searched || found.length > 0) && { findings }),
      ...(isEmpty && { empty: true }),
      ...(record.deployment && { deployment: tidyText(record.deployment).slice(0, 300) }),
      ...(record.group && { group: tidyText(record.group).slice(0, 300) }),
      ...(time !== null && { capturedAt: time }),
      ...placeOf(record),
    }
  }

  #boxOf({ bbox, kind, confidence, suppressed, statements, observed }: Box, record: PhotoRecord): Finding[] {
    const said = kind === 'animal' ? this.#said(statements) : []
    const verified = said.some((one) => one.verified)
    if (suppressed && !verified) this.#suppressed++
    const isFaint = !verified && confidence !== null && this.#threshold !== null && confidence < this.#threshold
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
      if (known === undefined) this.#names.set(key, { words, count: 1, verified })
      else known.count++
      this.found.counts[verified ? 'verified' : 'proposals']++
      const who = tidyText(by ?? undefined).slice(0, 200)
      kept.push({ taxon: words, verified, by: who === '' ? null : who, score })
    }
    return kept.slice(0, MOST_STATEMENTS)
  }

  finish(): FoundPhotos {
    if (this.#tooFaint > 0)
      this.#leave(`${this.#tooFaint} boxes`, 'The detector was less sure of them than the threshold.')
    if (this.#suppressed > 0)
      this.#leave(
        `${this.#suppressed} boxes`,
        'Repeat detection elimination took them out (their confidence is negative).',
      )
    this.found.commonFolder = this.#commonFolder ?? ''
    this.found.names = [...this.#names.values()].sort((a, b) => b.count - a.count)
    return this.found
  }
}

export const isNoTaxon = (words: TaxonWords): boolean => {
  if (words.class || words.order || words.family || words.genus || words.species)
    return /^homo sapiens$/i.test(words.species ?? '')
  const label = words.scientificName ?? words.label
  return namesNoTaxon(label) || kindOf(label) !== null
}

/** Values that the contract takes. */
function ownOf(own: Observation['own']): { own?: OwnValues } {
  const kept = Object.entries(own ?? {}).flatMap(([name, value]) => {
    const text = typeof value === 'number' ? value : tidyText(value).slice(0, 200)
    return text === '' || name.length > MOST_NAME ? [] : [[name, text]]
  })
  return kept.length === 0 ? {} : { own: Object.fromEntries(kept) }
}

/** As the contract takes it; nothing where nothing was seen. */
function seen(observed: Observation | undefined): Pick<Finding, 'observed'> {
  const tidy = (text: string | null | undefined) => tidyText(text ?? undefined).slice(0, 200) || null
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
    const text = tidyText(value)
      .replace(/\p{Surrogate}/gu, '')
      .slice(0, 300)
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
