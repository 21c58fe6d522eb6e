// The sign-in page, shown where the service asks who it is. The browser then holds a cookie that scripts cannot read.

import { createSignal, type JSX, Show } from 'solid-js'
import { FormError, SecretField } from '../parts/form.tsx'
import { Problem, sentenceOf } from '../server/client.ts'
import { signIn } from '../server/people.ts'
import { queries } from '../server/query-client.ts'
import { Wordmark } from './wordmark.tsx'
import './door.css'

export function SignIn(props: { how: 'none' | 'token' | 'password'; tokenToo: boolean }): JSX.Element {
  const [name, setName] = createSignal('')
  const [secret, setSecret] = createSignal('')
  const [fault, setFault] = createSignal<string | null>(null)
  const [busy, setBusy] = createSignal(false)
  const [byToken, setByToken] = createSignal(false)
  const withToken = () => props.how === 'token' || byToken()

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setFault(null)
    try {
      await signIn(withToken() ? { token: secret().trim() } : { name: name().trim(), password: secret() })
      await queries.resetQueries()
    } catch (error) {
      setFault(
        withToken() && error instanceof Problem && error.status === 401
          ? 'This is not the right token. Check it and try again.'
          : sentenceOf(error),
      )
    } finally {
      setBusy(false)
    }
  }

  return (
    <main class="door">
      <form class="form" onSubmit={submit}>
        <Wordmark />
        <h1>Sign in</h1>
        <Show
          when={withToken()}
          fallback={
            <>
              <p>If you have no account or forgot your password, ask an admin of this installation for a link.</p>
              <label class="field">
                Name
                <input
                  class="input"
                  autocomplete="username"
                  value={name()}
                  onInput={(event) => setName(event.currentTarget.value)}
                />
              </label>
            </>
          }
        >
          <p>
            This installation requires a token. It is the value of API_TOKEN; whoever set up the installation knows it.
          </p>
        </Show>
        <SecretField
          label={withToken() ? 'Token' : 'Password'}
          value={secret()}
          onInput={setSecret}
          invalid={fault() !== null}
        />
        <FormError text={fault()} />
        <button
          type="submit"
          class="button primary big"
          disabled={busy() || secret().trim() === '' || (!withToken() && name().trim() === '')}
        >
          Sign in
        </button>
        <Show when={props.tokenToo && props.how === 'password'}>
          <button type="button" class="button quiet" onClick={() => setByToken(!byToken())}>
            {byToken() ? 'Use a name and a password' : 'Use the token of this installation'}
          </button>
        </Show>
      </form>
    </main>
  )
}
