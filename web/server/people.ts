// Signing in and out, people, invitations, sessions, keys and the audit.

import { infiniteQueryOptions, queryOptions } from '@tanstack/solid-query'
import type { AgreementRule } from '../../api/contract/people/agreement.ts'
import type { NewAssignments } from '../../api/contract/people/assignment.ts'
import type { Role, Scope } from '../../api/contract/people/person.ts'
import { api, bodyOf } from './client.ts'
import { queries } from './query-client.ts'

export const session = () =>
  queryOptions({
    queryKey: ['session'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => bodyOf(api.session.$get({}, { init: { signal } })),
  })

export type SignIn = { token: string } | { name: string; password: string }
export const signIn = (json: SignIn) => bodyOf(api.session.$post({ json }))
/** Leaves the page for the other service, which sends the browser back signed in. */
export const signInElsewhere = async (json: { invitation?: string; name?: string } = {}) =>
  location.assign((await bodyOf(api.session.oidc.$post({ json }))).url)
export const signOut = () => api.session.$delete()
export const joinBy = (json: { invitation: string; name?: string; email?: string; password: string }) =>
  bodyOf(api.people.$post({ json }))
export const changePassword = (json: { current: string; next: string }) => api.session.password.$put({ json })

export const people = () =>
  queryOptions({ queryKey: ['people'], queryFn: ({ signal }) => bodyOf(api.people.$get({}, { init: { signal } })) })

export const invitations = () =>
  queryOptions({
    queryKey: ['invitations'],
    queryFn: ({ signal }) => bodyOf(api.invitations.$get({}, { init: { signal } })),
  })

export const sessions = () =>
  queryOptions({ queryKey: ['sessions'], queryFn: ({ signal }) => bodyOf(api.sessions.$get({}, { init: { signal } })) })

export const keys = () =>
  queryOptions({ queryKey: ['keys'], queryFn: ({ signal }) => bodyOf(api.keys.$get({}, { init: { signal } })) })

export const auditPages = () =>
  infiniteQueryOptions({
    queryKey: ['audit'],
    initialPageParam: '',
    queryFn: ({ signal, pageParam }) =>
      bodyOf(api.audit.$get({ query: pageParam === '' ? {} : { cursor: pageParam } }, { init: { signal } })),
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  })

export const agreement = () =>
  queryOptions({
    queryKey: ['agreement'],
    queryFn: ({ signal }) => bodyOf(api.agreement.$get({}, { init: { signal } })),
  })

export const accuracy = () =>
  queryOptions({
    queryKey: ['accuracy of people'],
    queryFn: ({ signal }) => bodyOf(api.people.accuracy.$get({}, { init: { signal } })),
  })

export const assignments = () =>
  queryOptions({
    queryKey: ['assignments'],
    queryFn: ({ signal }) => bodyOf(api.assignments.$get({}, { init: { signal } })),
  })

/** What was changed here is asked again. */
const afterwards = async <T>(work: Promise<T>, ...names: string[]): Promise<T> => {
  const done = await work
  await Promise.all([...names, 'audit'].map((name) => queries.invalidateQueries({ queryKey: [name] })))
  return done
}

export const invite = (json: { role: Role } | { personId: string }) =>
  afterwards(bodyOf(api.invitations.$post({ json })), 'invitations')
export const takeBack = (id: string) => afterwards(api.invitations[':id'].$delete({ param: { id } }), 'invitations')
export const chooseAgreement = (json: AgreementRule) =>
  afterwards(bodyOf(api.agreement.$put({ json })), 'agreement', 'detections', 'queues', 'accuracy of people')
export const assign = (json: NewAssignments) =>
  afterwards(bodyOf(api.assignments.$post({ json })), 'assignments', 'detections', 'queues')
export const takeAssignmentBack = (id: string) =>
  afterwards(api.assignments[':id'].$delete({ param: { id } }), 'assignments', 'detections', 'queues')
export const changePerson = (id: string, json: { role?: Role; disabled?: boolean; expert?: boolean }) =>
  afterwards(bodyOf(api.people[':id'].$patch({ param: { id }, json })), 'people')
export const endSession = (id: string) => afterwards(api.sessions[':id'].$delete({ param: { id } }), 'sessions')
export const makeKey = (json: { name: string; scopes: Scope[]; days: number | null; deployments?: string[] }) =>
  afterwards(bodyOf(api.keys.$post({ json })), 'keys')
export const revokeKey = (id: string) => afterwards(api.keys[':id'].$delete({ param: { id } }), 'keys')
