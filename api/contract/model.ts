// A model as answers name it.

import { z } from '@hono/zod-openapi'

export const modelReferenceSchema = z.object({ name: z.string(), sha256: z.string() }).openapi('ModelReference')
