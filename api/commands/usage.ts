// A command that was used wrongly: the error's sentence is printed, and the exit code is 2.

export class UsageError extends Error {
  override name = 'UsageError'
}
