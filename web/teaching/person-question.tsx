// Asks for the person's name, once before the first review and later from the menu.

import { createSignal, type JSX } from 'solid-js'
import { Form, FormActions } from '../parts/form/form.tsx'
import { Modal } from '../parts/modal.tsx'
import { person, personKnown, setPerson } from '../person/person.ts'

export function PersonQuestion(props: { open: boolean; onClose: () => void }): JSX.Element {
  const [name, setName] = createSignal(personKnown() && person() !== 'local' ? person() : '')
  const close = (value: string) => {
    setPerson(value)
    props.onClose()
  }
  return (
    <Modal
      open={props.open}
      onClose={() => close(personKnown() ? person() : '')}
      title="Who is identifying?"
      description="Your name is shown with everything you confirm, so that others can ask you and two opinions can be told apart."
    >
      <Form onSubmit={() => close(name())}>
        <label class="field">
          Name
          <input
            class="input"
            value={name()}
            onInput={(event) => setName(event.currentTarget.value)}
            autocomplete="name"
            maxlength={100}
            placeholder="For example Ada, or your initials"
          />
        </label>
        <FormActions cancel="Without a name" onCancel={() => close('')}>
          <button type="submit" class="button primary" disabled={name().trim() === ''}>
            Continue
          </button>
        </FormActions>
      </Form>
    </Modal>
  )
}
