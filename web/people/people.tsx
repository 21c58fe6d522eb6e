// For admins: who may sign in and as what, links that invite others, and what was done to people and keys.

import { useInfiniteQuery, useQuery } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { PersonAccuracy } from '../../api/contract/people/agreement.ts'
import type { Account, Role } from '../../api/contract/people/person.ts'
import { FormError } from '../parts/form/form.tsx'
import { when } from '../parts/format.ts'
import { Failure, Message } from '../parts/message.tsx'
import { account, person } from '../person/person.ts'
import { sentenceOf } from '../server/client.ts'
import { accuracy, auditPages, changePerson, invitations, invite, people, takeBack } from '../server/people.ts'
import { dataOf, itemsOf } from '../server/query-client.ts'
import { Agreement } from './agreement.tsx'
import { Assignments } from './assignments.tsx'
import { SecretOnce } from './secret-once.tsx'
import { ActionCell, Table } from './table.tsx'
import { roleNames, roles } from './words.ts'
import './people.css'

export default function People(): JSX.Element {
  const known = useQuery(people)
  const open = useQuery(invitations)
  const judged = useQuery(accuracy)
  const [link, setLink] = createSignal<string | null>(null)
  const [fault, setFault] = createSignal<string | null>(null)

  const attempt = async (work: () => Promise<unknown>) => {
    setFault(null)
    try {
      await work()
    } catch (error) {
      setFault(sentenceOf(error))
    }
  }
  const offer = (wanted: Parameters<typeof invite>[0]) =>
    attempt(async () => {
      const { token } = await invite(wanted)
      setLink(`${location.origin}/${'role' in wanted ? 'join' : 'reset'}#${token}`)
    })
  const nobody = () => dataOf(known)?.items.length === 0

  return (
    <div class="page people">
      <header class="page-head">
        <h1>People</h1>
      </header>
      <Show when={nobody()}>
        <Message title="Nobody has to sign in yet">
          Whoever can open this page may do everything, under any name. Make a link and open it: you become the first
          admin, and from then on everybody signs in.
        </Message>
      </Show>
      <FormError text={fault()} />
      <Show when={known.isError}>
        <Failure error={known.error} retry={() => void known.refetch()} />
      </Show>
      <Show when={(dataOf(known)?.items.length ?? 0) > 0}>
        <Table label="People" columns={['Name', 'Role', 'Expert', 'Identified', 'Others agree', 'Since', 'Actions']}>
          <For each={dataOf(known)?.items}>
            {(one) => (
              <PersonRow
                one={one}
                accuracy={dataOf(judged)?.items.find(({ person }) => person === one.name)}
                change={(to) => void attempt(() => changePerson(one.id, to))}
                reset={() => void offer({ personId: one.id })}
              />
            )}
          </For>
        </Table>
      </Show>
      <Invite onlyAdmin={nobody()} onInvite={(role) => void offer({ role })} />
      <Show when={(dataOf(open)?.items.length ?? 0) > 0}>
        <h2>Open invitations</h2>
        <Table label="Open invitations" columns={['For', 'By', 'Until', 'Actions']}>
          <For each={dataOf(open)?.items}>
            {(one) => (
              <tr>
                <td>{one.person === null ? `a new ${one.role}` : `a new password of ${one.person}`}</td>
                <td>{one.invitedBy}</td>
                <td>{when(one.expiresAt)}</td>
                <ActionCell onClick={() => void attempt(() => takeBack(one.id))}>Take back</ActionCell>
              </tr>
            )}
          </For>
        </Table>
      </Show>
      <Show when={!nobody()}>
        <Agreement />
        <Assignments people={dataOf(known)?.items ?? []} />
      </Show>
      <Audit />
      <SecretOnce
        title="The link"
        text="It works once, within seven days, and is shown only now. Whoever has it can use it, so send it in a safe way."
        secret={link()}
        onClose={() => setLink(null)}
      />
    </div>
  )
}

function PersonRow(props: {
  one: Account
  accuracy: PersonAccuracy | undefined
  change: (to: { role?: Role; disabled?: boolean; expert?: boolean }) => void
  reset: () => void
}): JSX.Element {
  const isSelf = () => account() !== null && props.one.name === person()
  return (
    <tr classList={{ 'people-out': props.one.disabledAt !== null }}>
      <td>
        {props.one.name}
        {isSelf() ? ' (you)' : ''}
        {props.one.disabledAt === null ? '' : ' (shut out)'}
      </td>
      <td>
        <select
          class="select"
          aria-label={`Role of ${props.one.name}`}
          value={props.one.role}
          onChange={(event) => {
            const role = roleNames.find((name) => name === event.currentTarget.value)
            if (role !== undefined) props.change({ role })
          }}
        >
          <For each={roleNames}>{(name) => <option value={name}>{name}</option>}</For>
        </select>
      </td>
      <td>
        <input
          type="checkbox"
          aria-label={`${props.one.name} is an expert`}
          checked={props.one.expert}
          onChange={(event) => props.change({ expert: event.currentTarget.checked })}
        />
      </td>
      <td>{props.accuracy?.identified ?? 0}</td>
      <td>
        {props.accuracy === undefined || props.accuracy.checked === 0
          ? 'not known yet'
          : `${Math.round(props.accuracy.accuracy * 100)} % (${props.accuracy.agreed} of ${props.accuracy.checked})`}
      </td>
      <td>{when(props.one.createdAt)}</td>
      <td class="people-actions">
        <button type="button" class="button quiet" onClick={() => props.reset()}>
          New password
        </button>
        <button
          type="button"
          class="button quiet"
          onClick={() => props.change({ disabled: props.one.disabledAt === null })}
        >
          {props.one.disabledAt === null ? 'Shut out' : 'Let in'}
        </button>
      </td>
    </tr>
  )
}

function Invite(props: { onlyAdmin: boolean; onInvite: (role: Role) => void }): JSX.Element {
  const [role, setRole] = createSignal<Role>('reviewer')
  const wanted = () => (props.onlyAdmin ? 'admin' : role())
  return (
    <form
      class="choices"
      onSubmit={(event) => {
        event.preventDefault()
        props.onInvite(wanted())
      }}
    >
      <label class="field">
        Invite somebody as
        <select
          class="select"
          value={wanted()}
          disabled={props.onlyAdmin}
          onChange={(event) => {
            const chosen = roleNames.find((name) => name === event.currentTarget.value)
            if (chosen !== undefined) setRole(chosen)
          }}
        >
          <For each={roleNames}>{(name) => <option value={name}>{roles[name]}</option>}</For>
        </select>
      </label>
      <button type="submit" class="button primary">
        Make a link
      </button>
    </form>
  )
}

function Audit(): JSX.Element {
  const pages = useInfiniteQuery(auditPages)
  return (
    <Show when={itemsOf(pages).length > 0}>
      <h2>What was done</h2>
      <Table label="What was done" columns={['When', 'Who', 'What', 'By', 'From']}>
        <For each={itemsOf(pages)}>
          {(entry) => (
            <tr>
              <td>{when(entry.at)}</td>
              <td>{entry.person}</td>
              <td>{entry.what}</td>
              <td>{entry.how}</td>
              <td>{entry.address}</td>
            </tr>
          )}
        </For>
      </Table>
      <Show when={pages.hasNextPage}>
        <button type="button" class="button" onClick={() => void pages.fetchNextPage()}>
          Show earlier
        </button>
      </Show>
    </Show>
  )
}
