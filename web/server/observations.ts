// What people saw of an animal besides its taxon.

import type { Observation } from '../../api/contract/detection.ts'
import { api, bodyOf } from './client.ts'

export const observe = (detectionIds: string[], said: Partial<Observation>) =>
  bodyOf(
    api.observations.$post({ json: { detectionIds, ...said }, header: { 'idempotency-key': crypto.randomUUID() } }),
  )
