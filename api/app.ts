// The whole interface. In: the opened service. Out: a Hono app; its type gives the web page a typed client.

import { OpenAPIHono } from '@hono/zod-openapi'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import { actionRoutes } from './actions.ts'
import { boxRoutes } from './boxes.ts'
import { bulkRoutes } from './bulk.ts'
import { detectionRoutes } from './detections.ts'
import { addDocs } from './docs.ts'
import { eventRoutes } from './events-route.ts'
import { exportRoutes } from './export.ts'
import { falseTriggerRoutes } from './false-triggers.ts'
import { healthRoutes } from './health.ts'
import type { Env } from './http.ts'
import { identificationRoutes } from './identifications.ts'
import { importRoutes } from './imports.ts'
import { insightRoutes } from './insight.ts'
import { insightMapRoutes } from './insight-map.ts'
import { selectionRoutes } from './insight-selections.ts'
import { logRequests } from './log.ts'
import { markRoutes } from './marks.ts'
import { mediaRoutes } from './media.ts'
import { mediaChangeRoutes } from './media-changes.ts'
import { measureRequests, metricsRoutes } from './metrics-route.ts'
import { modelRoutes } from './models.ts'
import { addPage } from './page.ts'
import { identifyPerson } from './person.ts'
import { Problem, renderProblem } from './problem.ts'
import { queueRoutes } from './queues.ts'
import { refuseForeign, requireToken, sessionRoutes } from './security.ts'
import type { Service } from './service.ts'
import { shedLoad } from './shedding.ts'
import { similarRoutes } from './similar.ts'
import { snapshotRoutes } from './snapshots.ts'
import { suggestionRoutes } from './suggestions.ts'
import { summaryRoutes } from './summary.ts'
import { taxonRoutes } from './taxa.ts'
import { taxonomyRoutes } from './taxonomy.ts'
import { taxonomyImportRoutes } from './taxonomy-imports.ts'
import { taxonomyReplayRoutes } from './taxonomy-replay.ts'

/** What the page may load: its own files, photos it shows before sending them, and styles that components set. */
const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'self'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  styleSrc: ["'self'", "'unsafe-inline'"],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
}

export type App = ReturnType<typeof createRoutes>

export function createApp(service: Service): App {
  const app = createRoutes(service)
  addDocs(app)
  addPage(app)
  return app
}

/** What a worker answers: how it is. */
export function createWorkerApp(service: Service) {
  const app = new OpenAPIHono<Env>()
  app.use(requestId())
  app.use(logRequests(service.log))
  app.use(refuseForeign(service.config))
  app.use(requireToken(service.config))
  app.onError((error, c) => renderProblem(error, c))
  app.notFound((c) => renderProblem(new Problem(404, 'A worker answers /healthz, /readyz and /metrics only.'), c))
  return app.route('/', healthRoutes(service)).route('/', metricsRoutes(service))
}

function createRoutes(service: Service) {
  const app = new OpenAPIHono<Env>()
  app.use(requestId())
  app.use(logRequests(service.log))
  app.use(measureRequests(service))
  app.use(secureHeaders({ contentSecurityPolicy: CONTENT_SECURITY_POLICY, strictTransportSecurity: false }))
  app.use(refuseForeign(service.config))
  app.use(requireToken(service.config))
  app.use(identifyPerson())
  app.use(shedLoad())
  app.onError((error, c) => renderProblem(error, c))
  app.notFound((c) =>
    renderProblem(new Problem(404, `There is nothing at ${c.req.path}. /api/docs lists what there is.`), c),
  )

  return app
    .route('/', healthRoutes(service))
    .route('/', sessionRoutes(service.config))
    .route('/', suggestionRoutes(service))
    .route('/', mediaRoutes(service))
    .route('/', importRoutes(service))
    .route('/', detectionRoutes(service))
    .route('/', queueRoutes(service))
    .route('/', identificationRoutes(service))
    .route('/', boxRoutes(service))
    .route('/', mediaChangeRoutes(service))
    .route('/', falseTriggerRoutes(service))
    .route('/', bulkRoutes(service))
    .route('/', markRoutes(service))
    .route('/', actionRoutes(service))
    .route('/', similarRoutes(service))
    .route('/', taxonRoutes(service))
    .route('/', taxonomyRoutes(service))
    .route('/', taxonomyImportRoutes(service))
    .route('/', taxonomyReplayRoutes(service))
    .route('/', modelRoutes(service))
    .route('/', summaryRoutes(service))
    .route('/', exportRoutes(service))
    .route('/', snapshotRoutes(service))
    .route('/', metricsRoutes(service))
    .route('/', insightRoutes(service))
    .route('/', insightMapRoutes(service))
    .route('/', selectionRoutes(service))
    .route('/', eventRoutes(service))
}
