// A file that looks like a format but cannot be read as it; the sentence says what to do.

export class ExchangeError extends Error {
  override name = 'ExchangeError'
}
