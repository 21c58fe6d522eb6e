// Which animals a person should name so that the results of the season become surer. Results count where and when a
// taxon was recorded, so a cell is a taxon at a station in one week. It is doubtful while what waits there may or may
// not hold the taxon; one confirmed animal settles it. After the review plan of CamTrapTools.

/** `cell`: the taxon that is suggested, where and when; `row`: of the waiting animals. */
export type Record = { row: number; cell: string; burst: string; probability: number }
/** `gain`: how much of the cell's doubt (0..0.5) one answer is expected to take away; `records`: bursts in the cell. */
export type ResultsQuestion = { row: number; cell: string; gain: number; records: number }

/** Less changes nothing that anybody would see. */
const SMALLEST_GAIN = 0.05
/** Nothing is surer before a person has looked. */
const SUREST = 0.999

/** The surest record of each burst, by cell. */
export type Cells = Map<string, Map<string, Record>>

/** Adds records; a caller with many may do something else between two pages of them. */
export function gatherRecords(cells: Cells, records: readonly Record[]): void {
  for (const record of records) {
    const bursts = cells.get(record.cell) ?? new Map<string, Record>()
    cells.set(record.cell, bursts)
    const before = bursts.get(record.burst)
    if (!before || record.probability > before.probability) bursts.set(record.burst, record)
  }
}

/** About the surest animal of each doubtful cell, one cell at a time, in no order. */
export function* questionsOf(cells: Cells): Generator<ResultsQuestion> {
  for (const [cell, bursts] of cells) yield questionOf(cell, [...bursts.values()])
}

/** Whose answer takes most doubt away comes first. */
export function orderByResults(questions: readonly ResultsQuestion[], most: number): ResultsQuestion[] {
  return questions
    .filter(({ gain }) => gain >= SMALLEST_GAIN)
    .sort((a, b) => b.gain - a.gain || b.records - a.records || a.row - b.row)
    .slice(0, most)
}

function questionOf(cell: string, records: readonly Record[]): ResultsQuestion {
  const surest = records.reduce((a, b) => (b.probability > a.probability ? b : a))
  const absent = (all: readonly Record[]) =>
    all.reduce((product, { probability }) => product * (1 - Math.min(SUREST, probability)), 1)
  const doubt = (share: number) => Math.min(share, 1 - share)
  // Confirmed, the cell is settled; otherwise the others remain.
  const others = absent(records.filter((record) => record !== surest))
  const gain = doubt(absent(records)) - (1 - Math.min(SUREST, surest.probability)) * doubt(others)
  return { row: surest.row, cell, gain, records: records.length }
}
