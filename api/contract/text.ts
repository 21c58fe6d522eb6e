// Text that people and files bring.

import { z } from '@hono/zod-openapi'

/** Without NUL and halves of characters, which no database keeps; accents in one form (NFC), so that equal names are equal. */
export const textSchema = z
  .string()
  .refine(
    (text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text),
    'Expected text without NUL and half characters',
  )
  .overwrite((text) => text.normalize('NFC'))
