// Ids are opaque strings to whoever reads them.

import { z } from '@hono/zod-openapi'

export const idSchema = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'Expected an id as returned by this API')
  .openapi({ example: '42' })
