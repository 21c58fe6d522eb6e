// A table of requests that must not succeed, as tests: each answers with a problem that is complete.

import assert from 'node:assert/strict'
import { test } from 'node:test'

export type ProblemCase = [what: string, request: () => Promise<Response> | Response, status: number, detail: RegExp]

export function testProblems(cases: readonly ProblemCase[]): void {
  for (const [what, request, status, detail] of cases)
    test(`${status}: ${what}`, async () => {
      const response = await request()
      const text = await response.text()
      assert.equal(response.status, status, text)
      assert.equal(response.headers.get('content-type'), 'application/problem+json')
      const problem: Record<string, unknown> = JSON.parse(text)
      assert.equal(problem.status, status)
      assert.match(String(problem.detail), detail)
      assert.equal(typeof problem.title, 'string')
      assert.equal(problem.type, `/api/docs#problem-${status}`)
      assert.equal(problem.requestId, response.headers.get('x-request-id'))
    })
}
