// What a person observes of a whole burst: all fields in one step of the history, which is undone as one.

import { createMemo, type JSX } from 'solid-js'
import { createStore } from 'solid-js/store'
import type { Detection, Observation } from '../../../api/contract/detection.ts'
import { createAttempts } from '../../parts/attempt.ts'
import { CropChoices, createLeftOut } from '../../parts/crop-choices.tsx'
import { Form, FormActions, FormError } from '../../parts/form/form.tsx'
import { counted } from '../../parts/format.ts'
import { Modal } from '../../parts/modal.tsx'
import { observe, type Said } from '../../server/survey/observations.ts'
import { step } from '../../teaching/teaching.ts'
import { ObservationFields } from '../observed/observation-fields.tsx'
import { saidTogether } from './burst-members.ts'
import './observe-burst.css'

export function ObserveBurst(props: { members: readonly Detection[]; onClose: () => void }): JSX.Element {
  const { leftOut, toggle } = createLeftOut()
  const [said, setSaid] = createStore<Said>({})
  const { busy, fault, attempt } = createAttempts()
  const chosen = () => props.members.filter(({ id }) => !leftOut().includes(id))
  const isEmpty = createMemo(() => Object.keys(said).length === 0)
  const say = (more: Said) => setSaid({ ...more, ...(more.own && { own: { ...said.own, ...more.own } }) })
  /** Before anything is said: what all of them have in common. */
  const now = (): Partial<Observation> => {
    const { own, ...known } = saidTogether(chosen())
    const { own: wanted, ...other } = said
    const values = Object.entries({ ...own, ...wanted }).filter(
      (entry): entry is [string, string | number] => entry[1] !== null,
    )
    return { ...known, ...other, own: Object.fromEntries(values) }
  }
  const save = () =>
    attempt(async () => {
      const ids = chosen().map(({ id }) => id)
      if (!isEmpty() && ids.length > 0) await step(() => observe(ids, { ...said }), ids)
      props.onClose()
    })
  return (
    <Modal
      open
      title={`Observe the burst: ${counted(chosen().length, 'animal')}`}
      description="One step for all of them. Fields that you leave alone stay as they are. The number is how many animals of the species one photo shows."
      onClose={props.onClose}
    >
      <Form onSubmit={save}>
        <ObservationFields now={now()} say={say} empty="as it is" />
        <div class="observe-burst-crops">
          <CropChoices
            dense
            tiles={props.members}
            leftOut={leftOut()}
            onToggle={toggle}
            label="Animals of the burst"
            title="Leave this animal out"
            word="left out"
          />
        </div>
        <FormError text={fault()} />
        <FormActions onCancel={props.onClose}>
          <button type="submit" class="button primary" disabled={busy() || isEmpty() || chosen().length === 0}>
            Save for {counted(chosen().length, 'animal')}
          </button>
        </FormActions>
      </Form>
    </Modal>
  )
}
