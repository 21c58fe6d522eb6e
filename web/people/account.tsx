// One's own account: where one is signed in, keys for programs, the password.

import { A } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { Scope } from '../../api/contract/people/person.ts'
import { Choice } from '../parts/form/choice.tsx'
import { FormError, SecretField } from '../parts/form/form.tsx'
import { when } from '../parts/format.ts'
import { notify } from '../parts/notices.tsx'
import { account } from '../person/person.ts'
import { sentenceOf } from '../server/client.ts'
import { filterChoices } from '../server/detections.ts'
import { assignments, changePassword, endSession, keys, makeKey, revokeKey, sessions } from '../server/people.ts'
import { dataOf } from '../server/query-client.ts'
import { Extent } from './assignments.tsx'
import { SecretOnce } from './secret-once.tsx'
import { ActionCell, Table } from './table.tsx'
import { scopeNames, scopes } from './words.ts'
import './account.css'

export default function YourAccount(): JSX.Element {
  return (
    <div class="page in-parts">
      <header class="page-head">
        <h1>Your account</h1>
      </header>
      <Show when={account()} fallback={<p>Nobody has to sign in here.</p>}>
        {(one) => (
          <>
            <p>
              You are signed in as <strong>{one().name}</strong>, {one().role}.
            </p>
            <Assigned />
            <Sessions />
            <Keys />
            <Password />
          </>
        )}
      </Show>
    </div>
  )
}

function Assigned(): JSX.Element {
  const own = useQuery(assignments)
  const mine = () => dataOf(own)?.items.filter((one) => one.person === account()?.name) ?? []
  return (
    <>
      <p>
        <A href={`/history?person=${encodeURIComponent(account()?.name ?? '')}`}>What you did</A>
      </p>
      <Show when={mine().length > 0}>
        <h2>Your queue</h2>
        <ul>
          <For each={mine()}>
            {(one) => (
              <li>
                <Extent one={one} />
              </li>
            )}
          </For>
        </ul>
        <p>
          <A href="/review?mine=true">Review what is yours</A>
        </p>
      </Show>
    </>
  )
}

function Sessions(): JSX.Element {
  const own = useQuery(sessions)
  const others = () => dataOf(own)?.items.filter((one) => !one.current) ?? []
  const signOutElsewhere = async () => {
    for (const one of others()) await endSession(one.id)
  }
  return (
    <>
      <h2>Where you are signed in</h2>
      <Table label="Where you are signed in" columns={['Browser', 'From', 'Since', 'Last seen', 'Actions']}>
        <For each={dataOf(own)?.items}>
          {(one) => (
            <tr>
              <td class="account-agent">{one.agent || 'unknown'}</td>
              <td>{one.address}</td>
              <td>{when(one.createdAt)}</td>
              <td>{one.current ? 'now, here' : when(one.seenAt)}</td>
              <td>
                <Show when={!one.current}>
                  <button type="button" class="button quiet" onClick={() => void endSession(one.id)}>
                    Sign out there
                  </button>
                </Show>
              </td>
            </tr>
          )}
        </For>
      </Table>
      <Show when={others().length > 0}>
        <button type="button" class="button" onClick={() => void signOutElsewhere()}>
          Sign out everywhere else
        </button>
      </Show>
    </>
  )
}

function Keys(): JSX.Element {
  const own = useQuery(keys)
  const [name, setName] = createSignal('')
  const [wanted, setWanted] = createSignal<readonly Scope[]>(['read'])
  const [camera, setCamera] = createSignal('')
  const choices = useQuery(filterChoices)
  const [made, setMade] = createSignal<string | null>(null)
  const [fault, setFault] = createSignal<string | null>(null)

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setFault(null)
    try {
      const only = camera() === '' ? {} : { deployments: [camera()] }
      setMade((await makeKey({ name: name().trim(), scopes: [...wanted()], days: 365, ...only })).key)
      setName('')
    } catch (error) {
      setFault(sentenceOf(error))
    }
  }
  const toggle = (scope: Scope) =>
    setWanted((before) => (before.includes(scope) ? before.filter((one) => one !== scope) : [...before, scope]))

  return (
    <>
      <h2>Keys for programs</h2>
      <Show when={(dataOf(own)?.items.length ?? 0) > 0}>
        <Table label="Keys" columns={['For', 'Of', 'Begins with', 'May', 'Last used', 'Until', 'Actions']}>
          <For each={dataOf(own)?.items}>
            {(one) => (
              <tr>
                <td>{one.name}</td>
                <td>{one.person}</td>
                <td>
                  <code>{one.prefix}…</code>
                </td>
                <td>
                  {one.scopes.join(', ')}
                  {one.deployments === null ? '' : `, in ${one.deployments.join(', ')} only`}
                </td>
                <td>{one.usedAt === null ? 'never' : when(one.usedAt)}</td>
                <td>{one.expiresAt === null ? 'for ever' : when(one.expiresAt)}</td>
                <ActionCell onClick={() => void revokeKey(one.id)}>Revoke</ActionCell>
              </tr>
            )}
          </For>
        </Table>
      </Show>
      <form class="form account-form" onSubmit={submit}>
        <label class="field">
          What the key is for
          <input
            class="input"
            maxlength={100}
            value={name()}
            onInput={(event) => setName(event.currentTarget.value)}
            placeholder="For example the nightly export"
          />
        </label>
        <fieldset class="account-scopes">
          <legend>It may, within your role</legend>
          <For each={scopeNames}>
            {(scope) => (
              <label>
                <input type="checkbox" checked={wanted().includes(scope)} onChange={() => toggle(scope)} />{' '}
                {scopes[scope]}
              </label>
            )}
          </For>
        </fieldset>
        <Choice
          label="In photos of"
          any="All cameras"
          value={camera() || undefined}
          options={(dataOf(choices)?.deployments ?? []).map((one) => ({ value: one, text: one }))}
          onChange={setCamera}
        />
        <FormError text={fault()} />
        <div class="form-actions">
          <button type="submit" class="button" disabled={name().trim() === '' || wanted().length === 0}>
            Make a key for a year
          </button>
        </div>
      </form>
      <SecretOnce
        title="The key"
        text="It is shown only now. A program sends it as “Authorization: Bearer KEY”; the commands of this installation take it as API_TOKEN."
        secret={made()}
        onClose={() => setMade(null)}
      />
    </>
  )
}

function Password(): JSX.Element {
  const [current, setCurrent] = createSignal('')
  const [next, setNext] = createSignal('')
  const [fault, setFault] = createSignal<string | null>(null)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setFault(null)
    try {
      await changePassword({ current: current(), next: next() })
      setCurrent('')
      setNext('')
      notify({ title: 'Your password was changed', text: 'Your other sessions have ended.' })
    } catch (error) {
      setFault(sentenceOf(error))
    }
  }
  return (
    <>
      <h2>Password</h2>
      <form class="form account-form" onSubmit={submit}>
        <SecretField label="Present password" value={current()} onInput={setCurrent} />
        <SecretField label="New password" value={next()} onInput={setNext} hint="At least 10 characters." isNew />
        <FormError text={fault()} />
        <div class="form-actions">
          <button type="submit" class="button" disabled={current() === '' || next().length < 10}>
            Change the password
          </button>
        </div>
      </form>
    </>
  )
}
