// Text that databases keep, and names of one line.

import { z } from '@hono/zod-openapi'

/** Without NUL and lone surrogates, which no database stores. */
export const isWholeText = (text: string): boolean => !text.includes('\0') && !/\p{Surrogate}/u.test(text)

/** Text that databases store; in NFC, so that equal names are equal. */
export const textSchema = z
  .string()
  .refine(isWholeText, 'Expected text without NUL and incomplete characters')
  .overwrite((text) => text.normalize('NFC'))
/** The longest name that file systems allow has 255 bytes. */
export const nameSchema = textSchema.max(300)

/**
 * White space of any kind: what JavaScript's own class leaves out is U+0085 and characters that are drawn blank. Those
 * without a width vanish.
 */
const SPACES = /[\s\u0085\u1160\u2800\u3164\uffa0]+/g
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu

/**
 * Normalises a name or a one-line sentence, to store and compare it: NFC, single spaces, no invisible characters, no
 * space around it.
 */
export const tidyText = (text: string | undefined): string =>
  (text ?? '').normalize('NFC').replace(SPACES, ' ').replace(INVISIBLE, '').replace(SPACES, ' ').trim()

/** What somebody looks for: as `tidyText` leaves it. */
export const soughtSchema = textSchema.overwrite(tidyText).max(200)

/** A name of one line: however it was typed or pasted, equal names are equal. */
export const lineSchema = textSchema.overwrite(tidyText).min(1).max(200)
