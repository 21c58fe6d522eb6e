// What roles and scopes are called on the page.

import type { Role, Scope } from '../../api/contract/people/person.ts'

export const roles: Record<Role, string> = {
  viewer: 'viewer: looks, without exact places and faces',
  reviewer: 'reviewer: identifies, undoes own steps',
  editor: 'editor: taxonomy, bulk, imports',
  admin: 'admin: people, keys, models, deleting photos',
}
export const roleNames = Object.keys(roles) as Role[] // the keys of a constant

export const scopes: Record<Scope, string> = {
  read: 'look at everything',
  identify: 'identify, mark and undo',
  import: 'bring photos and deployments in',
  taxonomy: 'edit the taxonomy',
  admin: 'whatever else your role allows',
}
export const scopeNames = Object.keys(scopes) as Scope[] // the keys of a constant
