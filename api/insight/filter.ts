// The one filter of insight: a query becomes the filter of rows, with the taxon's whole subtree.

import type { InsightFilter } from '../../db/insight/counts.ts'
import { deploymentMeant, stationMeant } from '../../db/photos/deployments.ts'
import { personMeant } from '../../db/photos/queues.ts'
import type { InsightFilterQuery } from '../contract/insight.ts'
import { Problem } from '../http/problem.ts'
import { requireTaxon } from '../present/taxa.ts'
import type { Service } from '../service.ts'

/** `person` may be left out of a query that does not ask for it. */
export async function filterOf(service: Service, query: InsightFilterQuery): Promise<InsightFilter> {
  const { taxon, deployment = null, site = null, from = null, to = null, importId, person = null } = query
  if (from !== null && to !== null && from > to)
    throw new Problem(400, `Expected a last day that is not before ${from} but received ${to}.`)
  if (taxon !== undefined) await requireTaxon(service, Number(taxon))
  const { db } = service
  const camera = deployment && (await deploymentMeant(db, deployment))
  return {
    taxonIds: taxon === undefined ? null : service.learning.taxonomy.subtree(Number(taxon)),
    deployment: camera ? camera.name : deployment,
    site: site && ((await stationMeant(db, site)) ?? site),
    from,
    to,
    importId: importId === undefined ? null : Number(importId),
    person: person && ((await personMeant(db, person)) ?? person),
  }
}
