// A box in a photo.

import { z } from '@hono/zod-openapi'

export const bboxSchema = z
  .tuple([z.number().min(0).max(1), z.number().min(0).max(1), z.number().min(0).max(1), z.number().min(0).max(1)])
  .openapi('Bbox', { description: '`[xmin, ymin, width, height]`, fractions of the upright photo, origin top left.' })
