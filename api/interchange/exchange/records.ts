// The one form between other people's formats and this service: photos with boxes and statements, deployments, events.
// Readers make it, writers take it; nothing here knows a format or the database.
//
// A machine's label is a proposal; only what a person said or verified is an identification (`verified`). Boxes are of
// the upright photo.

import type { Observation } from '../../../db/photos/observations.ts'
import type { Bbox, DetectionKind, Rank } from '../../../db/schema.ts'
import type { LeftOut } from './left-out.ts'

/** What a file calls an animal: ranks as columns, a scientific name of any rank, a common name, or only a label. */
export type TaxonWords = {
  kingdom?: string
  phylum?: string
  class?: string
  order?: string
  family?: string
  genus?: string
  /** Binomial or epithet. */
  species?: string
  /** A scientific name, of `rank` where the file says it. */
  scientificName?: string
  rank?: Rank
  commonName?: string
  /** As the file has it, for people. */
  label: string
}

export type Statement = {
  taxon: TaxonWords
  /** A person said or confirmed it. */
  verified: boolean
  /** The person or the model; null where the file does not say. */
  by: string | null
  /** 0..1, of a machine. */
  score: number | null
}

export type Box = {
  /** Fractions of the upright photo. */
  bbox: Bbox
  kind: DetectionKind
  /** The detector's; null where a person drew it. */
  confidence: number | null
  /** Taken out by repeat detection elimination (MegaDetector's negative confidence). */
  suppressed: boolean
  statements: Statement[]
  /** What people saw besides the taxon; own fields by their names. */
  observed?: Observation
}

export type PhotoRecord = {
  type: 'photo'
  /** Where the photo lies, with `/`; an address where the file has only that. */
  path: string
  /** The path has no ending: any photo of that name is meant. */
  withoutEnding?: boolean
  /** What made the boxes; null: a person, or unknown. */
  detector: string | null
  /** The boxes are all that was found. False: nobody looked for boxes. */
  searched: boolean
  /** Somebody says that there is no animal. */
  empty: { verified: boolean; by: string | null } | null
  boxes: Box[]
  /** How many boxes are left out, because they have no area inside the photo. What they name stays. */
  lostBoxes?: number
  /** About the whole photo. */
  statements: Statement[]
  /** What people saw in the whole photo besides the taxon; own fields by their names. */
  observed?: Observation
  /** Width and height in pixels that the boxes were measured in. */
  size: { width: number; height: number } | null
  /** As written. */
  capturedAt: string | null
  deployment: string | null
  /** Photos of one event share it. */
  group: string | null
  latitude: number | null
  longitude: number | null
  /** Why the other program could not read it. */
  failure: string | null
}

export type DeploymentRecord = {
  type: 'deployment'
  id: string
  name: string
  /** The place; null: called as the deployment. */
  station: string | null
  latitude: number | null
  longitude: number | null
  /** As written. */
  start: string | null
  end: string | null
  camera: string | null
}

/** What was said about a visit or an occurrence, not about one photo. */
export type EventRecord = {
  type: 'event'
  id: string
  deployment: string | null
  start: string | null
  end: string | null
  count: number | null
  statements: Statement[]
}

/** About the file as a whole. `threshold`: boxes below it are noise, says the detector. */
export type About = { type: 'about'; version: string | null; detector: string | null; threshold: number | null }

export type ExchangeRecord = PhotoRecord | DeploymentRecord | EventRecord | LeftOut | About

/** A box without area was left out. Changes `photo`. */
export const loseBox = (photo: PhotoRecord): void => {
  photo.lostBoxes = (photo.lostBoxes ?? 0) + 1
}

export const photoRecord = (path: string, known: Partial<PhotoRecord> = {}): PhotoRecord => ({
  type: 'photo',
  path: slashed(path),
  detector: null,
  searched: false,
  empty: null,
  boxes: [],
  statements: [],
  size: null,
  capturedAt: null,
  deployment: null,
  group: null,
  latitude: null,
  longitude: null,
  failure: null,
  ...known,
})

const slashed = (path: string): string =>
  path
    .normalize('NFC')
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '')
