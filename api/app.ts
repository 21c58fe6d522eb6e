// The whole interface of an open service. The app's type gives the web page a typed client.

import { OpenAPIHono } from '@hono/zod-openapi'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import { sensitivePlaces } from '../db/taxonomy/place-rules.ts'
import { PAGE_DIR } from './config.ts'
import { translateFault } from './faults.ts'
import { receiveBodies } from './http/bodies/receive-body.ts'
import { addDocs } from './http/docs.ts'
import { shedLoad } from './http/load/load-shedding.ts'
import { logRequests } from './http/log.ts'
import { Problem } from './http/problem.ts'
import { renderProblem } from './http/render-problem.ts'
import type { Env } from './http/router.ts'
import { refuseForeign } from './http/security.ts'
import { addPage } from './http/web-page.ts'
import { insightRoutes } from './insight/insight.ts'
import { insightMapRoutes } from './insight/map.ts'
import { resultRoutes } from './insight/results/results.ts'
import { selectionRoutes } from './insight/selections.ts'
import { versionRoutes } from './insight/versions/versions.ts'
import { wrongLeftRoutes } from './insight/wrong-left.ts'
import { detectorRoutes } from './installation/detectors/routes.ts'
import { eventRoutes } from './installation/events-route.ts'
import { healthRoutes } from './installation/health.ts'
import { measureRequests, metricsRoutes } from './installation/metrics-route.ts'
import { modelFileRoutes } from './installation/model-files.ts'
import { modelRoutes } from './installation/models.ts'
import { seasonRoutes } from './installation/season.ts'
import { snapshotRoutes } from './installation/snapshots.ts'
import { summaryRoutes } from './installation/summary.ts'
import { agreementRoutes } from './people/agreement.ts'
import { assignmentRoutes } from './people/assignments.ts'
import { admit } from './people/caller.ts'
import { openPeople } from './people/deps.ts'
import { keepToDeployments } from './people/key-reach.ts'
import { keyRoutes } from './people/keys.ts'
import { oidcRoutes } from './people/oidc.ts'
import { peopleRoutes } from './people/people.ts'
import { sessionRoutes } from './people/session.ts'
import { roundForViewers } from './people/viewing.ts'
import { DEPLOYMENT_TABLE_BYTES, deploymentRoutes } from './photos/deployments/deployments.ts'
import { missingRoutes } from './photos/deployments/missing.ts'
import { importQuestionRoutes } from './photos/exchange/names.ts'
import { falseTriggerRoutes } from './photos/false-triggers/false-triggers.ts'
import { importRoutes } from './photos/imports.ts'
import { mediaRoutes } from './photos/media.ts'
import { mediaChangeRoutes } from './photos/media-changes.ts'
import { repeatRoutes } from './photos/repeats.ts'
import { acceptRoutes } from './review/accept.ts'
import { actionRoutes } from './review/actions.ts'
import { alikeRoutes } from './review/alike.ts'
import { boxRoutes } from './review/boxes.ts'
import { bulkRoutes } from './review/bulk.ts'
import { burstRoutes } from './review/bursts.ts'
import { searchRoutes } from './review/by-example.ts'
import { detectionRoutes } from './review/detections.ts'
import { exchangeExportRoutes } from './review/exports/exports.ts'
import { exportRoutes } from './review/exports/table.ts'
import { templateRoutes } from './review/exports/templates.ts'
import { identificationRoutes } from './review/identifications.ts'
import { markRoutes } from './review/marks.ts'
import { observationRoutes } from './review/observations.ts'
import { ownFieldRoutes } from './review/own-fields.ts'
import { queueRoutes } from './review/queues.ts'
import { similarRoutes } from './review/similar.ts'
import { suggestionRoutes } from './review/suggestions.ts'
import { unknownRoutes } from './review/unknowns.ts'
import { wrongLabelRoutes } from './review/wrong-labels.ts'
import type { Service } from './service.ts'
import { CHECKLIST_BYTES } from './taxonomy/checklist.ts'
import { taxonChildRoutes } from './taxonomy/children.ts'
import { taxonomyRoutes } from './taxonomy/edits.ts'
import { TAXONOMY_FILE_BYTES, taxonomyImportRoutes } from './taxonomy/imports.ts'
import { placeRoutes } from './taxonomy/places.ts'
import { taxonomyReplayRoutes } from './taxonomy/replay.ts'
import { speciesListRoutes } from './taxonomy/species-lists.ts'
import { taxonRoutes } from './taxonomy/taxa.ts'

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
  addPage(app, PAGE_DIR)
  return app
}

/** A worker answers only for its health and its metrics. */
export function createWorkerApp(service: Service) {
  const app = new OpenAPIHono<Env>()
  app.use(requestId())
  app.use(logRequests(service.log))
  app.use(refuseForeign(service.config))
  app.use(admit(openPeople(service).callers, service.db))
  app.onError((error, c) => renderProblem(error, c, translateFault))
  app.notFound((c) => renderProblem(new Problem(404, 'A worker answers /healthz, /readyz and /metrics only.'), c))
  return app.route('/', healthRoutes(service)).route('/', metricsRoutes(service))
}

function createRoutes(service: Service) {
  const people = openPeople(service, () => service.learning.sync())
  const app = new OpenAPIHono<Env>()
  app.use(requestId())
  app.use(logRequests(service.log))
  app.use(measureRequests(service))
  app.use(secureHeaders({ contentSecurityPolicy: CONTENT_SECURITY_POLICY, strictTransportSecurity: false }))
  app.use(refuseForeign(service.config))
  app.use(admit(people.callers, service.db))
  app.use(roundForViewers(() => sensitivePlaces(service.db)))
  app.use(
    receiveBodies({
      files: {
        'POST /api/suggestions': service.config.maxPhotoBytes,
        'POST /api/searches/photo': service.config.maxPhotoBytes,
        'POST /api/taxonomy/imports': TAXONOMY_FILE_BYTES,
        'POST /api/deployments/import': DEPLOYMENT_TABLE_BYTES,
        'POST /api/species-lists/read': CHECKLIST_BYTES,
      },
      streamed: ['POST /api/media', 'POST /api/imports/read', 'POST /api/models'],
    }),
  )
  app.use(keepToDeployments(service.db))
  app.use(shedLoad())
  app.onError((error, c) => renderProblem(error, c, translateFault))
  app.notFound((c) =>
    renderProblem(new Problem(404, `There is nothing at ${c.req.path}. /api/docs lists what there is.`), c),
  )

  return app
    .route('/', healthRoutes(service))
    .route('/', sessionRoutes(people))
    .route('/', oidcRoutes(people))
    .route('/', peopleRoutes(people))
    .route('/', keyRoutes(people))
    .route('/', agreementRoutes(service))
    .route('/', assignmentRoutes(service))
    .route('/', suggestionRoutes(service))
    .route('/', mediaRoutes(service))
    .route('/', importRoutes(service))
    .route('/', importQuestionRoutes(service))
    .route('/', detectionRoutes(service))
    .route('/', burstRoutes(service))
    .route('/', speciesListRoutes(service))
    .route('/', placeRoutes(service))
    .route('/', queueRoutes(service))
    .route('/', identificationRoutes(service))
    .route('/', boxRoutes(service))
    .route('/', mediaChangeRoutes(service))
    .route('/', falseTriggerRoutes(service))
    .route('/', repeatRoutes(service))
    .route('/', bulkRoutes(service))
    .route('/', acceptRoutes(service))
    .route('/', alikeRoutes(service))
    .route('/', markRoutes(service))
    .route('/', wrongLabelRoutes(service))
    .route('/', unknownRoutes(service))
    .route('/', observationRoutes(service))
    .route('/', ownFieldRoutes(service))
    .route('/', deploymentRoutes(service))
    .route('/', missingRoutes(service))
    .route('/', actionRoutes(service))
    .route('/', similarRoutes(service))
    .route('/', searchRoutes(service))
    .route('/', taxonRoutes(service))
    .route('/', taxonomyRoutes(service))
    .route('/', taxonChildRoutes(service))
    .route('/', taxonomyImportRoutes(service))
    .route('/', taxonomyReplayRoutes(service))
    .route('/', modelRoutes(service))
    .route('/', modelFileRoutes(service))
    .route('/', detectorRoutes(service))
    .route('/', summaryRoutes(service))
    .route('/', seasonRoutes(service))
    .route('/', templateRoutes(service))
    .route('/', exportRoutes(service))
    .route('/', exchangeExportRoutes(service))
    .route('/', snapshotRoutes(service))
    .route('/', metricsRoutes(service))
    .route('/', insightRoutes(service))
    .route('/', wrongLeftRoutes(service))
    .route('/', versionRoutes(service))
    .route('/', insightMapRoutes(service))
    .route('/', selectionRoutes(service))
    .route('/', resultRoutes(service))
    .route('/', eventRoutes(service))
}
