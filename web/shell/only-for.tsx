// What stands in place of something that a person's role does not allow.

import { type Component, type JSX, Show } from 'solid-js'
import type { Role } from '../../api/contract/people/person.ts'
import { Message } from '../parts/message.tsx'
import { mayAs } from '../person/person.ts'

/** `what`: completes the sentence "Only editors and admins …". */
export function OnlyFor(props: { least: Role; what: string; children: JSX.Element }): JSX.Element {
  return (
    <Show
      when={mayAs(props.least)}
      fallback={
        <Message title={`Only ${rolesFrom[props.least]} ${props.what}`}>Ask an admin of this installation.</Message>
      }
    >
      {props.children}
    </Show>
  )
}

const rolesFrom: Record<Role, string> = {
  viewer: 'people who are signed in',
  reviewer: 'reviewers, editors and admins',
  editor: 'editors and admins',
  admin: 'admins',
}

/** A view that is of use to these roles alone. */
export const viewFor =
  (least: Role, what: string, View: Component): Component =>
  () => (
    <OnlyFor least={least} what={what}>
      <View />
    </OnlyFor>
  )
