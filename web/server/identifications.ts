// Identifying one detection or many.

import { api, bodyOf } from './client.ts'

export type Statement = {
  detectionId: string
  taxonId: string
  basis: { kind: 'suggestion' | 'search' | 'similar'; treeVersion?: string; rank?: string }
}

/** The key makes it safe to repeat a statement whose answer was lost. */
export const teach = (statement: Statement, key: string) =>
  bodyOf(api.identifications.$post({ json: statement, header: { 'idempotency-key': key } }))

export type BulkStatement = Parameters<typeof api.identifications.bulk.$post>[0]['json']

export const teachMany = (statement: BulkStatement, key: string = crypto.randomUUID()) =>
  bodyOf(api.identifications.bulk.$post({ json: statement, header: { 'idempotency-key': key } }))
