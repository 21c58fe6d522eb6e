// Opened by a link that works once: makes a person of this installation, or gives one a new password, and signs in.

import { createSignal, type JSX, Show } from 'solid-js'
import { FormError, SecretField } from '../parts/form/form.tsx'
import { sentenceOf } from '../server/client.ts'
import { joinBy, signInElsewhere } from '../server/people.ts'
import { Elsewhere } from './elsewhere.tsx'
import { Wordmark } from './wordmark.tsx'
import './door.css'

const LEAST = 10

export function Join(props: { invitation: string; isNew: boolean; elsewhere: string | null }): JSX.Element {
  const [name, setName] = createSignal('')
  const [password, setPassword] = createSignal('')
  const [fault, setFault] = createSignal<string | null>(null)
  const [busy, setBusy] = createSignal(false)
  const complete = () => password().length >= LEAST && (!props.isNew || name().trim() !== '')

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setFault(null)
    try {
      const { invitation } = props
      await joinBy({ invitation, password: password(), ...(props.isNew ? { name: name().trim() } : {}) })
      // The link is used up: it leaves the browser's history.
      location.replace('/')
    } catch (error) {
      setFault(sentenceOf(error))
      setBusy(false)
    }
  }

  return (
    <main class="door">
      <form class="form" onSubmit={submit}>
        <Wordmark />
        <h1>{props.isNew ? 'Join' : 'A new password'}</h1>
        <Show when={props.isNew} fallback={<p>Your other sessions end when you set it.</p>}>
          <p>Others see this name with everything you confirm. It cannot be changed later.</p>
          <label class="field">
            Name
            <input
              class="input"
              autocomplete="username"
              maxlength={100}
              value={name()}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </label>
        </Show>
        <SecretField
          label="Password"
          value={password()}
          onInput={setPassword}
          hint={`At least ${LEAST} characters. Several words are easy to remember and hard to guess.`}
          isNew
        />
        <FormError text={fault()} />
        <button type="submit" class="button primary big" disabled={busy() || !complete()}>
          {props.isNew ? 'Join' : 'Set the password'}
        </button>
        <Elsewhere
          service={props.elsewhere}
          words={(service) => (props.isNew ? `Join with ${service}` : `Sign in with ${service} from now on`)}
          busy={busy()}
          onPress={() =>
            void signInElsewhere({
              invitation: props.invitation,
              ...(props.isNew && name().trim() !== '' ? { name: name().trim() } : {}),
            }).catch((error) => setFault(sentenceOf(error)))
          }
        />
      </form>
    </main>
  )
}
