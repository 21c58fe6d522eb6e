// What every writer of a format is, and what it writes from. Photos come one by one and may be asked for again.

import type { DeploymentRow } from '../../../../db/photos/deployments.ts'
import type { Observation } from '../../../../db/photos/observations.ts'
import type { Bbox, DetectionKind, DetectionMark } from '../../../../db/schema.ts'
import type { TaxonWords } from '../records.ts'

export type WrittenStatement = {
  id: string
  /** `scientificName`, `rank` and the columns above it are said. */
  taxon: TaxonWords
  /** True: a person. False: the tree, or the machine of another program. */
  verified: boolean
  by: string
  /** 0..1, of a machine. */
  score: number | null
  /** When a person said it; ISO 8601, UTC. */
  at: string | null
  /** What the taxon is called in SpeciesNet's list, and so in Wildlife Insights; null where it was not imported. */
  speciesnetId: string | null
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
  /** What machines of other programs said. */
  proposals: WrittenStatement[]
  /** What the results count it as: what it teaches. Null where people disagree, or nobody said anything. */
  taught: TaxonWords | null
  /** What people saw besides the taxon. */
  observed: Observation | null
  /** Of it what the project's own fields hold, by their names. */
  own: [name: string, value: string | number][]
  mark: DetectionMark | null
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
  /** Its own file says more of its place than may be told. */
  hasSecret: boolean
  /** A person says that there is no animal. */
  isEmpty: boolean
  favourite: boolean
  notes: string
  boxes: WrittenBox[]
}

export type WrittenDeployment = DeploymentRow & {
  first: string | null
  last: string | null
  /** Degrees that its coordinates are rounded to, because a sensitive taxon was there; null: they are exact. */
  grid: number | null
}

export type ExportSource = {
  photos(): AsyncIterable<WrittenPhoto>
  deployments: WrittenDeployment[]
  /** What is left out, and why: a zip ends with the list. */
  omitted: Omissions
  /** Of this installation. */
  detector: { name: string; threshold: number }
  treeVersion: string
  /** IANA; null where nobody said it. */
  timeZone: string | null
  createdAt: Date
  /** The photo's own bytes; null where photos are to stay out. */
  photoBytes: ((photo: WrittenPhoto) => Promise<Uint8Array | null>) | null
}

/** Bytes that are null: the file is left out. */
export type WrittenFile = { path: string; content: AsyncIterable<string> | Promise<Uint8Array | null> }

export type Writer = {
  /** As commands and addresses name it. */
  name: string
  title: string
  /** One file, or a zip of several. */
  kind: 'csv' | 'json' | 'xml' | 'zip'
  /** Every photo needs coordinates: photos of taxa whose places are hidden stay out. */
  needsPlaces?: boolean
  /** It has a place for the project's own fields; for others the list of what is left out names them. */
  holdsOwnFields?: boolean
  files(source: ExportSource): AsyncIterable<WrittenFile>
}

/** A format that is one file. */
export const oneFile = (
  name: string,
  title: string,
  kind: 'json' | 'xml',
  path: string,
  write: (source: ExportSource) => AsyncIterable<string>,
): Writer => ({
  name,
  title,
  kind,
  async *files(source) {
    yield { path, content: write(source) }
  },
})

/** A format that is several files in a zip. */
export const zipOf = (
  name: string,
  title: string,
  files: Writer['files'],
  needs: Pick<Writer, 'needsPlaces' | 'holdsOwnFields'> = {},
): Writer => ({ name, title, kind: 'zip', files, ...needs })

export type Omissions = { what: string; why: string }[]

/** The scientific name of a statement. */
export const nameOf = ({ taxon }: WrittenStatement): string => taxon.scientificName ?? taxon.label
/** What a box is called: by a person first, then by the tree, then by another machine. */
export const leadingOf = (box: WrittenBox): WrittenStatement | undefined => box.statements[0] ?? box.proposals[0]

/** Text as a file's bytes come. */
export async function* textOf(...parts: string[]): AsyncGenerator<string> {
  yield* parts
}

export const rounded = (value: number, digits = 4): number => Number(value.toFixed(digits))
export const pathWithoutEnding = (path: string): string => path.replace(/\.[^./]+$/, '')
