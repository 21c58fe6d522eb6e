// What an import is about to do: the photos, what is known of each, and what stays out.

import type { FolderFacts, Folders, PhotoFacts } from '../../contract/exchange/import.ts'
import type { ExportTemplateList } from '../../contract/exchange/templates.ts'

/** `at`: opens it where its name is no UTF-8. `sha256`: the photo was imported before, and no file of it is needed. */
export type PlannedPhoto = { file: string; at?: Buffer; sha256?: string; facts: PhotoFacts }

/** Something that stays out, and why. */
export type LeftOut = { what: string; why: string }

/** Too many for memory: each is made when it is its turn. */
export type PlannedPhotos = Iterable<PlannedPhoto> & { readonly length: number }

export type Plan = {
  name: string
  photos: PlannedPhotos
  /** Files that the CSV names but that do not exist. */
  missing: string[]
  /** Sentences for the person who asked. */
  notes: string[]
  leftOut?: Iterable<LeftOut> & { readonly length: number }
  /** Gives back what lies on the disk for it. The photos cannot be read any more. */
  close?(): Promise<void>
}

export type PlanOptions = {
  name?: string
  labelling: Folders['labelling']
  ignoreBoxes: boolean
  /** Whether a table may name files outside of its own folder. */
  outside?: boolean
  /** Only rows with one of these values in the CSV's column `split`; empty: all rows. */
  splits: string[]
  /** The folder for what does not fit in memory; by default the system's own for such files. */
  scratch?: string
  /** A lab's own names of columns, and the project's own fields. */
  templates?: ExportTemplateList
  /** What folders below a root say about the photos in them, in the same order (api/photos/labels/folder-labels.ts). */
  factsOfFolders: (request: Folders) => Promise<FolderFacts[]>
  /** The sha256 of photos that were imported before, by path; null where none is meant, or several. */
  known?: (paths: { path: string; withoutEnding: boolean }[]) => Promise<(string | null)[]>
}

/** An input that cannot be imported; the message says why. */
export class PlanError extends Error {
  override name = 'PlanError'
}
