// What another program found, as rows need it: taxa by id, who said it, and what could not be understood.

import type { PendingFinding, PendingFindings, PendingStatement } from '../../../db/schema.ts'
import type { Finding, Findings } from '../../contract/exchange/findings.ts'
import type { WordsFinder } from './words.ts'

/** `importName`: of the import, whose name every statement bears. */
export async function readFindings(
  finder: WordsFinder,
  findings: Findings,
  importName: string,
): Promise<{ findings: PendingFindings; leftOut: string[] }> {
  const unknown = new Set<string>()
  const found: PendingFinding[] = []
  for (const { bbox, kind, confidence, statements, observed } of findings.found) {
    const read: PendingStatement[] = []
    for (const said of statements) {
      const taxonId = await finder.find(said.taxon, said)
      if (taxonId === null) unknown.add(said.taxon.label)
      else read.push(statementOf(taxonId, said, importName))
    }
    const drawn = confidence === null && (statements.some((one) => one.verified) || findings.detector === null)
    found.push({
      bbox,
      kind,
      confidence,
      detector: drawn ? null : findings.detector,
      statements: read,
      ...(observed && { observed }),
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
