// Differences between a list of taxa and the taxonomy, applied as one edit in the log.

import type { Db } from '../../db/connection/connect.ts'
import type { Command } from '../../db/taxonomy/commands/command.ts'
import { applyEdit } from '../../db/taxonomy/edits.ts'
import { readStates, reserveTaxonIds } from '../../db/taxonomy/states.ts'
import type { TaxonomyImport } from '../contract/taxonomy-import.ts'
import { Problem } from '../http/problem.ts'
import type { TaxonomyFile } from '../interchange/listing.ts'
import { type Comparison, choose, compare, type Difference, type Wanted } from './differences.ts'

/** Compares right before it applies, so that what was compared is what is changed. */
export async function applyList(
  db: Db,
  file: TaxonomyFile,
  wanted: Wanted,
  by: { person: string; filename: string },
): Promise<{ compared: Comparison; chosen: Difference[]; editId: number | null }> {
  const compared = await compare(file.listed, await readStates(db, null))
  const chosen = choose(compared.differences, wanted)
  if (chosen.length === 0) return { compared, chosen, editId: null }
  const made = chosen.filter(({ kind }) => kind === 'new').map(({ of }) => of)
  const ids = await reserveTaxonIds(db, made.length)
  const idByKey = new Map(made.map((key, i) => [key, ids[i]!]))
  const idOf = (key: string) => {
    const id = idByKey.get(key)
    if (id === undefined) throw new Problem(409, `Expected ${key} to be applied too, because others need it.`)
    return id
  }
  const commands: Command[] = chosen.flatMap((one) => one.commands(idOf))
  const note = `Imported ${by.filename}: ${inWords(chosen)}`
  const { editId } = await applyEdit(db, { command: { kind: 'batch', note, commands }, person: by.person })
  return { compared, chosen, editId }
}

export function countsOf(differences: Difference[]): TaxonomyImport['counts'] {
  const counts = { new: 0, renamed: 0, moved: 0, merged: 0, named: 0 }
  for (const { kind } of differences) counts[kind]++
  return counts
}

function inWords(differences: Difference[]): string {
  const counts = Object.entries(countsOf(differences)).filter(([, count]) => count > 0)
  return counts.map(([kind, count]) => `${count} ${kind}`).join(', ')
}
