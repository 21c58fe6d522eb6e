// What another program found, as rows need it: taxa by id, who said it, and what could not be understood.

import type { OwnFields } from '../../../db/own-fields.ts'
import type { PendingFinding, PendingFindings, PendingStatement } from '../../../db/schema.ts'
import { uprightSize } from '../../../indexer/photos/source.ts'
import type { Finding, Findings } from '../../contract/exchange/findings.ts'
import type { PhotoFacts } from '../../contract/exchange/import.ts'
import { ownByName } from '../../present/own-fields.ts'
import type { Service } from '../../service.ts'
import { correctedWords } from '../labels/corrections.ts'
import type { WordsFinder } from './words.ts'

/** `importName`: of the import, whose name every statement bears. */
export async function readFindings(
  { finder, fields }: { finder: WordsFinder; fields: OwnFields },
  findings: Findings,
  importName: string,
  corrections?: PhotoFacts['corrections'],
): Promise<{ findings: PendingFindings; leftOut: string[] }> {
  const unknown = new Set<string>()
  const found: PendingFinding[] = []
  for (const { bbox, kind, confidence, statements, observed, mark } of findings.found) {
    const read: PendingStatement[] = []
    for (const said of statements) {
      const words = correctedWords(said.taxon, corrections)
      const taxonId = await finder.find(words, said)
      if (taxonId === null) unknown.add(words.label)
      else read.push(statementOf(taxonId, said, importName))
    }
    const drawn = confidence === null && (statements.some((one) => one.verified) || findings.detector === null)
    found.push({
      bbox,
      kind,
      confidence,
      detector: drawn ? null : findings.detector,
      statements: read,
      ...(observed && { observed: { ...observed, own: ownByName(fields, observed.own) ?? null } }),
      ...(mark && { mark }),
    })
  }
  const leftOut = [...unknown].map((label) => `No taxon is called "${label}": add one, and import the file again.`)
  return { findings: { searched: findings.searched, found }, leftOut }
}

/** A person's name is kept beside the import's, so that two people of one file are two. */
function statementOf(taxonId: number, said: Finding['statements'][number], importName: string): PendingStatement {
  const { verified, by, score } = said
  if (verified) return { taxonId, person: `import:${importName}${by === null ? '' : `: ${by}`}`, proposal: false }
  return {
    taxonId,
    person: `import:${importName}`,
    proposal: true,
    model: by ?? 'another program',
    ...(score !== null && { score }),
  }
}

export type PhotoSize = { width: number; height: number } | null

/** Only where a file says in which size its boxes were measured. */
export const sizeToCompare = async (
  { photos }: Pick<Service, 'photos'>,
  facts: PhotoFacts,
  sha256: string,
): Promise<PhotoSize> => (facts.findings?.size === undefined ? null : await uprightSize(await photos.get(sha256)))

/** Pictures of one shape, one of them scaled, differ by rounding alone. */
const SAME_SHAPE = 0.02

/**
 * Boxes that were measured in a picture of another shape (not turned upright, or cut) lie elsewhere in this one: they
 * are left out, and what they say is said of the whole photo. `photo`: the size of the upright photo.
 */
export function fitToPhoto(findings: Findings, photo: PhotoSize): { findings: Findings; leftOut: string[] } {
  const { size, found } = findings
  if (size === undefined || photo === null) return { findings, leftOut: [] }
  const ratio = (size.width / size.height) * (photo.height / photo.width)
  if (Math.abs(ratio - 1) <= SAME_SHAPE) return { findings, leftOut: [] }
  const boxes = found.filter(({ bbox }) => bbox !== null).length
  const statements = found.flatMap((one) => one.statements)
  const whole: Finding = { bbox: null, kind: 'animal', confidence: null, statements: statements.slice(0, 50) }
  const why = `Its ${boxes === 1 ? 'box was' : `${boxes} boxes were`} measured in a picture of ${size.width} × ${size.height}, but the upright photo has ${photo.width} × ${photo.height}: boxes are left out, their labels are of the whole photo.`
  return {
    findings: { searched: false, detector: findings.detector, found: statements.length > 0 ? [whole] : [] },
    leftOut: [why],
  }
}
