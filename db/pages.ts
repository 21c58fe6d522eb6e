// Reading a table of detections page by page, so that neither memory nor a statement grows with it.

/** `read` gives at most `rows` rows with larger ids than `after`, smallest first. */
export async function* pagesById<Row extends { detectionId: number }>(
  rows: number,
  read: (after: number) => Promise<Row[]>,
): AsyncGenerator<Row[]> {
  for (let after = 0; ; ) {
    const page = await read(after)
    if (page.length > 0) yield page
    const last = page.at(-1)
    if (!last || page.length < rows) return
    after = last.detectionId
  }
}
