// The link that makes the first admin. Whoever starts the service sees it, and nobody else.

import { setFirstLink } from '../../db/people/invitations.ts'
import { anyPerson } from '../../db/people/people.ts'
import { isLoopback } from '../config.ts'
import type { Service } from '../service.ts'
import { newToken } from './secrets.ts'

/** Null where nobody has to sign in, or somebody can. A new start makes a new link; the old one works no longer. */
export async function firstAdminLink(
  { config, db }: Pick<Service, 'config' | 'db'>,
  url: string,
): Promise<string | null> {
  if (isLoopback(config.host) || (await anyPerson(db))) return null
  const { token, tokenHash } = newToken('i_')
  await setFirstLink(db, tokenHash)
  return `${url}/join#${token}`
}
