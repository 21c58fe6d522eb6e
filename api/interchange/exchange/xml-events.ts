// Elements of an XML file as they end, without keeping the document. No external entities are read.

import { SaxesParser } from 'saxes'
import { ExchangeError } from './exchange-error.ts'

export type XmlEvent =
  | { type: 'open'; path: string[]; attributes: Record<string, string> }
  | { type: 'close'; path: string[]; text: string; attributes: Record<string, string> }

const MOST_NESTED = 60
const LONGEST_TEXT = 4_000_000

/** `path`: names from the root to the element, without prefixes. */
export async function* xmlEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<XmlEvent> {
  const parser = new SaxesParser({ xmlns: false, position: false })
  const stack: { name: string; text: string; attributes: Record<string, string> }[] = []
  let queue: XmlEvent[] = []
  const pathOf = () => stack.map(({ name }) => name)
  const local = (name: string) => name.replace(/^.*:/, '')
  parser.on('opentag', ({ name, attributes }) => {
    if (stack.length >= MOST_NESTED) throw new ExchangeError(`Expected at most ${MOST_NESTED} levels of XML.`)
    const plain = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)]))
    stack.push({ name: local(name), text: '', attributes: plain })
    queue.push({ type: 'open', path: pathOf(), attributes: plain })
  })
  const addText = (text: string) => {
    const top = stack.at(-1)
    if (top === undefined) return
    top.text += text
    if (top.text.length > LONGEST_TEXT)
      throw new ExchangeError(`Expected at most ${LONGEST_TEXT} characters in one XML element.`)
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const path = pathOf()
    const top = stack.pop()
    if (top !== undefined) queue.push({ type: 'close', path, text: top.text.trim(), attributes: top.attributes })
  })
  parser.on('error', (error) => {
    throw error
  })
  const decoder = new TextDecoder('utf-8')
  try {
    for await (const part of bytes) {
      parser.write(decoder.decode(part, { stream: true }))
      yield* queue
      queue = []
    }
    parser.write(decoder.decode()).close()
    yield* queue
  } catch (error) {
    if (error instanceof ExchangeError) throw error
    throw new ExchangeError(
      `Expected XML but the file is damaged (${error instanceof Error ? error.message : error}).`,
      { cause: error },
    )
  }
}
