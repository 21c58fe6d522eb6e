// A reporter beside the usual one. In: the events of a test run. Out: the files with a test that failed, a line each.
// Plain JavaScript: reporters are loaded before what understands TypeScript.

/** @param {AsyncIterable<{ type: string, data: { nesting?: number, file?: string } }>} events */
export default async function* failedFiles(events) {
  const named = new Set()
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.nesting !== 0 || data.file === undefined || named.has(data.file)) continue
    named.add(data.file)
    yield `${data.file}\n`
  }
}
