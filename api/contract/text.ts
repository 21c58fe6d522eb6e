// Text that databases keep.

import { z } from '@hono/zod-openapi'

/** Without NUL and lone surrogates, which no database stores; in NFC, so that equal names are equal. */
export const textSchema = z
  .string()
  .refine(
    (text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text),
    'Expected text without NUL and incomplete characters',
  )
  .overwrite((text) => text.normalize('NFC'))
/** The longest name that file systems allow has 255 bytes. */
export const nameSchema = textSchema.max(300)
