// meta.xml of a Darwin Core Archive: which tables it holds, and which term each column is.

/** Terms of Darwin Core. */
export const DWC = 'http://rs.tdwg.org/dwc/terms/'

type ArchiveTable = {
  file: string
  rowType: string
  /** Of each column, from `first` on; the columns before it have no term. */
  terms: readonly string[]
  first?: number
}

/** Both tables begin with the id of the core's row. `separator` as XML holds it. */
export function archiveMeta(separator: ',' | '\\t', core: ArchiveTable, extension: ArchiveTable): string {
  const form = `encoding="UTF-8" fieldsTerminatedBy="${separator}" linesTerminatedBy="\\n" fieldsEnclosedBy="&quot;" ignoreHeaderLines="1"`
  const table = (tag: string, id: string, { file, rowType, terms, first = 0 }: ArchiveTable) =>
    `  <${tag} ${form} rowType="${rowType}">
    <files><location>${file}</location></files>
    <${id} index="0"/>
${terms.map((term, i) => `    <field index="${i + first}" term="${term}"/>`).join('\n')}
  </${tag}>
`
  return `<?xml version="1.0" encoding="UTF-8"?>
<archive xmlns="http://rs.tdwg.org/dwc/text/">
${table('core', 'id', core)}${table('extension', 'coreid', extension)}</archive>
`
}
