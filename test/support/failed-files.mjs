// An additional reporter, which writes the files in which a test failed, one per line. Plain JavaScript: Node
// loads reporters before it can read TypeScript.

/** @param {AsyncIterable<{ type: string, data: { nesting?: number, file?: string } }>} events */
export default async function* failedFiles(events) {
  const named = new Set()
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.nesting !== 0 || data.file === undefined || named.has(data.file)) continue
    named.add(data.file)
    yield `${data.file}\n`
  }
}
