// JSON of any size, entry by entry: each item of the arrays at the top, and each other value at the top as a whole.
// Memory holds one entry at a time. Limits on nesting and on the size of one entry keep a hostile file from filling it.

import Assembler from 'stream-json/core/assembler.js'
import { jsonParser, type Token } from 'stream-json/core/parser.js'
import { ExchangeError } from './exchange-error.ts'

/** `key`: at the top of the file; '' where the file is one array. `name`: of an entry of an object in `objects`. */
export type JsonEntry = { key: string; name: string | null; value: unknown }

const MOST_NESTED = 40
const MOST_TOKENS = 2_000_000
/** Characters that belong to one string. */
const LONGEST_STRING = 4_000_000

/** `objects`: keys at the top whose objects are read entry by entry. Throws ExchangeError where it is no JSON. */
export async function* jsonEntries(
  bytes: AsyncIterable<Uint8Array>,
  objects: readonly string[] = [],
): AsyncGenerator<JsonEntry> {
  const parse = jsonParser({ streamValues: false })
  const decoder = new TextDecoder('utf-8')
  const state = new Entries(objects)
  for await (const part of bytes) yield* state.take(tokensOf(parse, decoder.decode(part, { stream: true })))
  yield* state.take(tokensOf(parse, decoder.decode()))
  if (state.depth > 0) throw new ExchangeError('Expected JSON but the file ends in the middle.')
}

function tokensOf(parse: ReturnType<typeof jsonParser>, text: string): Token[] {
  if (text === '') return []
  try {
    // The parser answers its tokens in a box of the library, or a symbol where there are none yet.
    const answer: unknown = parse(text)
    if (typeof answer !== 'object' || answer === null || !('values' in answer) || !Array.isArray(answer.values))
      return []
    return answer.values as Token[] // what the library's `many` holds
  } catch (error) {
    throw new ExchangeError(
      `Expected JSON but the file is damaged (${error instanceof Error ? error.message : error}).`,
      {
        cause: error,
      },
    )
  }
}

class Entries {
  depth = 0
  #key = ''
  #name: string | null = null
  /**
   * The depth at which entries begin: 1 inside the file's object, 2 inside an array or an object that is read in parts.
   */
  #entryDepth = 1
  #topIsArray = false
  #assembler: Assembler | null = null
  #tokens = 0
  readonly #objects: readonly string[]

  constructor(objects: readonly string[]) {
    this.#objects = objects
  }

  *take(tokens: Token[]): Generator<JsonEntry> {
    for (const token of tokens) {
      const opens = token.name === 'startObject' || token.name === 'startArray'
      const closes = token.name === 'endObject' || token.name === 'endArray'
      if (this.#assembler !== null) {
        if (opens) this.depth++
        if (closes) this.depth--
        this.#consume(token)
        if (this.depth === this.#entryDepth) yield this.#finish()
        continue
      }
      if (this.depth === 0) {
        if (!opens) throw new ExchangeError('Expected a JSON object or array but the file is something else.')
        this.#topIsArray = token.name === 'startArray'
        this.depth = 1
      } else if (closes) {
        this.depth--
        if (this.depth === 1 && !this.#topIsArray) this.#entryDepth = 1
      } else if (token.name === 'keyValue') {
        if (this.depth === 1) this.#key = token.value
        else this.#name = token.value
      } else if (opens && this.depth === 1 && !this.#topIsArray && this.#isReadInParts(token.name)) {
        this.depth = 2
        this.#entryDepth = 2
        this.#name = null
      } else {
        this.#assembler = new Assembler()
        this.#tokens = 0
        this.#consume(token)
        if (opens) this.depth++
        else yield this.#finish()
      }
    }
  }

  #isReadInParts(start: 'startObject' | 'startArray'): boolean {
    return start === 'startArray' || this.#objects.includes(this.#key)
  }

  #consume(token: Token): void {
    if (this.depth > MOST_NESTED) throw new ExchangeError(`Expected at most ${MOST_NESTED} levels of nesting in JSON.`)
    if (++this.#tokens > MOST_TOKENS)
      throw new ExchangeError('Expected a list of photos but one entry is far too large.')
    if (token.name === 'stringValue' && token.value.length > LONGEST_STRING)
      throw new ExchangeError(`Expected at most ${LONGEST_STRING} characters in one text.`)
    this.#assembler?.consume(token)
  }

  #finish(): JsonEntry {
    const value = this.#assembler?.current
    this.#assembler = null
    return { key: this.#topIsArray ? '' : this.#key, name: this.#name, value }
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const objectOf = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
/** Ids are text, whatever wrote them. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'bigint' ? String(value) : ''
export const numberOf = (value: unknown): number | null => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}
/** A share as databases keep it. */
export const shareOf = (value: unknown): number | null => {
  const number = numberOf(value)
  return number === null ? null : Math.min(1, Math.max(0, number))
}
