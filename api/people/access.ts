// Who may ask what: one table of routes by the least role and by the scope that an API key needs. A route that is not
// listed is for admins alone, and a test visits every route of the OpenAPI document with every role.

import { ROLES, type Role, SCOPES, type Scope } from '../../db/schema.ts'

export type Access = { role: Role; scope: Scope }

const TABLE: [role: Role, scope: Scope, routes: string][] = [
  [
    'viewer',
    'read',
    `get /api/openapi.json, get /api/docs, get /api/docs/{file}, get /api/events,
    post /api/suggestions, get /api/similar, post /api/searches, post /api/searches/photo,
    get /api/media, get /api/media/{id}, get /api/media/{id}/image,
    get /api/imports, get /api/imports/{id}, get /api/imports/{id}/failures,
    get /api/detections, get /api/detections/{id}, get /api/detections/{id}/burst, get /api/detections/{id}/alike, get /api/detections/{id}/tracks, get /api/detections/{id}/crop,
    get /api/queues, get /api/filters, get /api/false-triggers,
    get /api/false-triggers/without-box, get /api/actions, get /api/repeats, get /api/deployments, get /api/time-zone,
    get /api/taxa, get /api/backbone, get /api/taxa/{id}, get /api/taxa/{id}/knowledge,
    get /api/taxonomy/edits, get /api/taxonomy/children, get /api/taxonomy/export, get /api/species-lists, get /api/species-lists/{id}/taxa, get /api/places,
    get /api/models, get /api/tree, get /api/summary, get /api/season, get /api/imports/{id}/state,
    get /api/insight/taxa, get /api/insight/confidence, get /api/insight/probability, get /api/insight/activity,
    get /api/insight/deployments, get /api/insight/confirmed, get /api/insight/accuracy, get /api/insight/learning, get /api/insight/wrong-left,
    get /api/insight/map, get /api/insight/map/points, post /api/selections, get /api/selections/{id},
    get /api/results, get /api/results/animals, get /api/results/activity, get /api/results/cameras`,
  ],
  ['viewer', 'read', 'get /api/labels/doubted, get /api/unknowns, get /api/observations/fields'],
  [
    'viewer',
    'read',
    `get /api/tree/versions, get /api/tree/versions/{version}, get /api/tree/versions/{version}/card.json,
    get /api/tree/versions/{version}/report.html, get /api/tree/versions/{version}/confusions, get /api/tree/versions/{version}/photos`,
  ],
  ['admin', 'admin', 'get /api/tree/versions/{version}/rebuilt'],
  ['reviewer', 'identify', 'post /api/labels/kept'],
  ['editor', 'identify', 'post /api/labels'],
  [
    'editor',
    'identify',
    'post /api/unknowns/{id}/join, post /api/unknowns/{id}/split, post /api/unknowns/{id}/dismiss',
  ],
  ['editor', 'taxonomy', 'post /api/unknowns/{id}/name'],
  // Files leave the installation with exact places.
  [
    'reviewer',
    'read',
    `get /metrics, get /api/export.csv, get /api/export, get /api/export/formats, get /api/export/templates, get /api/deployments/export.csv, get /api/results/history.csv,
    get /api/results/effort.csv, get /api/results/report.zip`,
  ],
  [
    'reviewer',
    'identify',
    `post /api/identifications, delete /api/identifications/{id}, post /api/marks, post /api/observations,
    post /api/detections, patch /api/detections/{id}, delete /api/detections/{id}, patch /api/media/{id},
    get /api/actions/undoable, post /api/actions/{id}/undo, post /api/actions/{id}/redo`,
  ],
  ['viewer', 'read', 'get /api/agreement, get /api/assignments'],
  ['editor', 'admin', 'post /api/assignments, delete /api/assignments/{id}'],
  ['admin', 'admin', 'get /api/people/accuracy, put /api/agreement'],
  [
    'editor',
    'identify',
    'post /api/identifications/bulk, post /api/identifications/bulk/preview, post /api/imports/{id}/accept, post /api/false-triggers, post /api/repeats, post /api/insight/map',
  ],
  [
    'editor',
    'import',
    `post /api/media, post /api/media/offers, post /api/media/{id}/retry,
    post /api/imports, post /api/imports/folders, post /api/imports/files, post /api/imports/names, post /api/imports/known, post /api/imports/read, post /api/imports/{id}/close,
    post /api/deployments, post /api/deployments/import, get /api/deployments/missing, post /api/deployments/times, patch /api/deployments/{id}, delete /api/deployments/{id},
    put /api/time-zone, put /api/export/templates, put /api/observations/fields`,
  ],
  [
    'editor',
    'taxonomy',
    `post /api/taxa, patch /api/taxa/{id}, delete /api/taxa/{id}, post /api/taxonomy/edits,
    post /api/species-lists, post /api/species-lists/read, patch /api/species-lists/{id}, delete /api/species-lists/{id}, put /api/places,
    post /api/taxonomy/edits/{id}/undo, post /api/taxonomy/imports, post /api/taxonomy/replay`,
  ],
  // What is one's own. A key reaches it with the scope admin only.
  [
    'viewer',
    'admin',
    `put /api/session/password, get /api/sessions, delete /api/sessions/{id}, get /api/keys, post /api/keys,
    delete /api/keys/{id}`,
  ],
  [
    'admin',
    'admin',
    `delete /api/media/{id}, post /api/models/use, post /api/models, get /api/models/check, get /api/models/catalogue,
    post /api/models/catalogue/{name}, delete /api/models/catalogue/{name}, get /api/detectors/set, get /api/detectors/set.zip,
    post /api/detectors/compare, get /api/detectors/compare, get /api/detectors/examples, post /api/tree/publish, post /api/snapshots, get /api/audit,
    get /api/people, patch /api/people/{id}, get /api/invitations, post /api/invitations, delete /api/invitations/{id}`,
  ],
]

/** Strangers may ask these: how to sign in, signing in and out, and joining by a link. */
const FOR_ALL = new Set([
  'get /api/session',
  'post /api/session',
  'delete /api/session',
  'post /api/people',
  'post /api/session/oidc',
  'get /api/session/oidc/callback',
])

const listed = new Map<string, Access>()
for (const [role, scope, routes] of TABLE)
  for (const route of routes.split(',')) listed.set(route.trim().replace(/\s+/g, ' '), { role, scope })

const patterns = [...listed].map(([route, access]) => {
  const [method, path = ''] = route.split(' ')
  return { method, pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`), access, path }
})
// `/api/imports/folders` before `/api/imports/{id}`.
patterns.sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')))

const NOT_LISTED: Access = { role: 'admin', scope: 'admin' }

/** Null: anybody may ask, also a stranger. */
export function accessOf(method: string, path: string): Access | null {
  const small = method === 'HEAD' ? 'get' : method.toLowerCase()
  if (FOR_ALL.has(`${small} ${path}`)) return null
  return patterns.find((one) => one.method === small && one.pattern.test(path))?.access ?? NOT_LISTED
}

export const isListed = (route: string): boolean => listed.has(route) || FOR_ALL.has(route)

export const mayAs = (role: Role, least: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least)

export const ALL_SCOPES: readonly Scope[] = SCOPES
