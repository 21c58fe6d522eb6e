// The sign-in page, shown only if the service requires a token. The browser then holds a cookie that scripts cannot
// read.

import { createSignal, type JSX } from 'solid-js'
import { FormError } from '../parts/form.tsx'
import { Problem, sentenceOf } from '../server/client.ts'
import { queries } from '../server/query-client.ts'
import { signIn } from '../server/summary.ts'
import { Wordmark } from './wordmark.tsx'
import './sign-in.css'

export function SignIn(): JSX.Element {
  const [token, setToken] = createSignal('')
  const [fault, setFault] = createSignal<string | null>(null)
  const [busy, setBusy] = createSignal(false)

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setFault(null)
    try {
      await signIn(token().trim())
      await queries.resetQueries()
    } catch (error) {
      setFault(
        error instanceof Problem && error.status === 401
          ? 'This is not the right token. Check it and try again.'
          : sentenceOf(error),
      )
    } finally {
      setBusy(false)
    }
  }

  return (
    <main class="sign-in">
      <form class="form" onSubmit={submit}>
        <Wordmark />
        <h1>Sign in</h1>
        <p>
          This installation requires a token. It is the value of API_TOKEN; whoever set up the installation knows it.
        </p>
        <label class="field">
          Token
          <input
            class="input"
            type="password"
            autocomplete="current-password"
            value={token()}
            onInput={(event) => setToken(event.currentTarget.value)}
            aria-invalid={fault() !== null}
          />
        </label>
        <FormError text={fault()} />
        <button type="submit" class="button primary big" disabled={busy() || token().trim() === ''}>
          Sign in
        </button>
      </form>
    </main>
  )
}
