// Commands used wrongly. In: a sentence. Out: an error that ends the command with that sentence and exit code 2.

export class UsageError extends Error {
  override name = 'UsageError'
}
