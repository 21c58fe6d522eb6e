// The sign-in page, shown where the service asks who it is. The browser then holds a cookie that scripts cannot read.

import { createSignal, type JSX, Show } from 'solid-js'
import { FormError, SecretField } from '../parts/form/form.tsx'
import { Problem, sentenceOf } from '../server/client.ts'
import { signIn, signInElsewhere } from '../server/people.ts'
import { queries } from '../server/query-client.ts'
import { Elsewhere } from './elsewhere.tsx'
import { Wordmark } from './wordmark.tsx'
import './door.css'

/** Why the other service sent the browser back without signing it in. */
const reasons: Record<string, string> = {
  unknown: 'Nobody here signs in with this account. Ask an admin for an invitation, and use it once with this account.',
  invitation: 'The invitation was used already, was taken back or is too old, or the name is taken.',
  refused: 'The other service did not confirm who you are. Try again.',
  late: 'That took too long. Try again.',
}

export function SignIn(props: {
  how: 'none' | 'token' | 'password'
  tokenToo: boolean
  elsewhere: string | null
}): JSX.Element {
  const [name, setName] = createSignal('')
  const [secret, setSecret] = createSignal('')
  const [fault, setFault] = createSignal<string | null>(
    reasons[new URLSearchParams(location.search).get('signin') ?? ''] ?? null,
  )
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
        <Elsewhere
          service={props.elsewhere}
          words={(service) => `Sign in with ${service}`}
          onPress={() => void signInElsewhere().catch((error) => setFault(sentenceOf(error)))}
        />
        <Show when={props.tokenToo && props.how === 'password'}>
          <button type="button" class="button quiet" onClick={() => setByToken(!byToken())}>
            {byToken() ? 'Use a name and a password' : 'Use the token of this installation'}
          </button>
        </Show>
      </form>
    </main>
  )
}
