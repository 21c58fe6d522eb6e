// What every writer of a format is, and what it writes from. Photos come one by one and may be asked for again.

import type { DeploymentRow } from '../../../../db/photos/deployments.ts'
import type { Bbox, DetectionKind } from '../../../../db/schema.ts'
import type { TaxonWords } from '../records.ts'

export type WrittenStatement = {
  id: string
  /** `scientificName`, `rank` and the columns above it are said. */
  taxon: TaxonWords
  /** True: a person. False: the tree. */
  verified: boolean
  by: string
  /** 0..1, of the tree. */
  score: number | null
  /** When a person said it; ISO 8601, UTC. */
  at: string | null
}

export type WrittenBox = {
  id: string
  /** It stands for the whole photo, in which nothing was found. */
  isWhole: boolean
  bbox: Bbox
  kind: DetectionKind
  /** The detector's; null: a person drew it. */
  confidence: number | null
  detector: string | null
  /** Of people, one for each; where there is none, the tree's. */
  statements: WrittenStatement[]
}

export type WrittenPhoto = {
  id: string
  /** As it was imported, relative and with `/`. */
  path: string
  sha256: string
  mimeType: string
  width: number
  height: number
  /** By the clock of the place: 2024-05-01T06:13:22. */
  capturedAt: string | null
  deployment: string | null
  /** Photos of one event share it. */
  sequence: string | null
  latitude: number | null
  longitude: number | null
  /** A person says that there is no animal. */
  isEmpty: boolean
  favourite: boolean
  boxes: WrittenBox[]
}

export type WrittenDeployment = DeploymentRow & { first: string | null; last: string | null }

export type ExportSource = {
  photos(): AsyncIterable<WrittenPhoto>
  deployments: WrittenDeployment[]
  /** Of this installation. */
  detector: { name: string; threshold: number }
  treeVersion: string
  /** IANA; null where nobody said it. */
  timeZone: string | null
  createdAt: Date
  /** The photo's own bytes; null where photos are to stay out. */
  photoBytes: ((sha256: string) => Promise<Uint8Array>) | null
}

export type WrittenFile = { path: string; content: AsyncIterable<string> | Promise<Uint8Array> }

export type Writer = {
  /** As commands and addresses name it. */
  name: string
  title: string
  /** One file, or a zip of several. */
  kind: 'json' | 'xml' | 'zip'
  files(source: ExportSource): AsyncIterable<WrittenFile>
}

/** What is left out goes here, and into the list that the caller shows. */
export type Omissions = { what: string; why: string }[]

/** The scientific name of a statement. */
export const nameOf = ({ taxon }: WrittenStatement): string => taxon.scientificName ?? taxon.label
/** What a box is called: a person's name for it first. */
export const leadingOf = (box: WrittenBox): WrittenStatement | undefined => box.statements[0]

/** Text as a file's bytes come. */
export async function* textOf(...parts: string[]): AsyncGenerator<string> {
  yield* parts
}

export const rounded = (value: number, digits = 4): number => Number(value.toFixed(digits))
export const pathWithoutEnding = (path: string): string => path.replace(/\.[^./]+$/, '')
