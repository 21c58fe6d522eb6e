// Objects that stand under a name in the API's description.

import { z } from '@hono/zod-openapi'

/** An object of the API. Its name becomes a type in the clients that programs generate from the description. */
export const namedObject = <S extends z.core.$ZodLooseShape>(name: string, shape: S, description?: string) =>
  z.object(shape).openapi(name, description === undefined ? undefined : { description })
