// Plans an import of a folder, a CSV or a photo: which photos, what is known of each, and notes about missing files and
// ignored columns. It reads names and the CSV, but no photo.

import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { planCsv } from './plan-csv.ts'
import { planFolder } from './plan-folder.ts'
import { type Plan, PlanError, type PlanOptions } from './planned.ts'

/** Throws PlanError when there is nothing at `path`. */
export async function findPath(path: string): Promise<Stats> {
  const found = await stat(path).catch(() => null)
  if (found === null) throw new PlanError(`Expected a folder, a CSV or a photo, but there is nothing at ${path}.`)
  return found
}

export async function planImport(path: string, options: PlanOptions): Promise<Plan> {
  const found = await findPath(path)
  const start = resolve(path)
  if (found.isDirectory()) return planFolder(start, options)
  if (/\.(csv|tsv)$/i.test(start)) return planCsv(start, options)
  const name = options.name ?? basename(start)
  return { name, photos: [{ file: start, facts: { path: basename(start) } }], missing: [], notes: [] }
}
