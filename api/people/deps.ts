// What the routes about people share.

import { createGate, type Gate } from '../http/load/gate.ts'
import type { Service } from '../service.ts'
import { type Callers, createCallers } from './caller.ts'
import { createTries, type Tries } from './tries.ts'

export type PeopleDeps = Pick<Service, 'db' | 'config' | 'log'> & {
  /** The tree learns what was settled anew. */
  learn(): Promise<void>
  callers: Callers
  tries: Tries
  /** Checking a password takes 32 MB and much of a core. */
  checking: Gate
}

const CHECKING = {
  running: 2,
  waiting: 30,
  retryAfterSeconds: 2,
  refusal: 'Too many people sign in right now. Try again in a moment.',
}

export function openPeople(
  { db, config, log }: Pick<Service, 'db' | 'config' | 'log'>,
  learn: () => Promise<void> = async () => {},
): PeopleDeps {
  return {
    db,
    config,
    log,
    learn,
    callers: createCallers({ db, config }),
    tries: createTries(db),
    checking: createGate(CHECKING),
  }
}
