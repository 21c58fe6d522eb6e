// Who is to look at which camera, taxon or share of the photos.

import { useQuery } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { Assignment } from '../../api/contract/people/assignment.ts'
import type { Account } from '../../api/contract/people/person.ts'
import { Choice } from '../parts/form/choice.tsx'
import { FormError } from '../parts/form/form.tsx'
import { TaxonById } from '../parts/taxon/taxon-by-id.tsx'
import { TaxonField } from '../parts/taxon/taxon-field.tsx'
import { sentenceOf } from '../server/client.ts'
import { filterChoices } from '../server/detections.ts'
import { assign, assignments, takeAssignmentBack } from '../server/people.ts'
import { dataOf } from '../server/query-client.ts'
import { ActionCell, Table } from './table.tsx'
import './people-rules.css'

export function Assignments(props: { people: readonly Account[] }): JSX.Element {
  const known = useQuery(assignments)
  const choices = useQuery(filterChoices)
  const [chosen, setChosen] = createSignal<readonly string[]>([])
  const [deployment, setDeployment] = createSignal('')
  const [taxonId, setTaxonId] = createSignal<string | null>(null)
  const [shared, setShared] = createSignal(false)
  const [fault, setFault] = createSignal<string | null>(null)

  const toggle = (id: string) =>
    setChosen((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id]))
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setFault(null)
    try {
      const wanted = { personIds: [...chosen()], share: shared() && chosen().length > 1 }
      await assign({
        ...wanted,
        ...(deployment() !== '' && { deployment: deployment() }),
        ...(taxonId() !== null && { taxonId: taxonId()! }),
      })
      setChosen([])
      setDeployment('')
      setTaxonId(null)
      setShared(false)
    } catch (error) {
      setFault(sentenceOf(error))
    }
  }
  return (
    <>
      <h2>Queues</h2>
      <Show
        when={(dataOf(known)?.items.length ?? 0) > 0}
        fallback={<p class="people-rules-note">Nothing is assigned yet: everybody sees all that waits.</p>}
      >
        <Table label="Queues" columns={['Who', 'Looks at', 'Actions']}>
          <For each={dataOf(known)?.items}>
            {(one) => (
              <tr>
                <td>{one.person}</td>
                <td>
                  <Extent one={one} />
                </td>
                <ActionCell onClick={() => void takeAssignmentBack(one.id)}>Take back</ActionCell>
              </tr>
            )}
          </For>
        </Table>
      </Show>
      <form class="form people-rules-form" onSubmit={submit}>
        <fieldset class="people-rules">
          <legend>Assign to</legend>
          <For each={props.people.filter((one) => one.disabledAt === null && one.role !== 'viewer')}>
            {(one) => (
              <label>
                <input type="checkbox" checked={chosen().includes(one.id)} onChange={() => toggle(one.id)} /> {one.name}
              </label>
            )}
          </For>
        </fieldset>
        <Choice
          label="Camera or place"
          any="All"
          value={deployment() || undefined}
          options={(dataOf(choices)?.deployments ?? []).map((name) => ({ value: name, text: name }))}
          onChange={setDeployment}
        />
        <TaxonField
          label="Suggested as, or below"
          id={taxonId() ?? undefined}
          onChange={(id) => setTaxonId(id || null)}
        />
        <label>
          <input type="checkbox" checked={shared()} onChange={() => setShared((before) => !before)} /> Give each an
          equal share, so that no two look at the same photo
        </label>
        <FormError text={fault()} />
        <div class="form-actions">
          <button type="submit" class="button" disabled={chosen().length === 0 || (shared() && chosen().length < 2)}>
            Assign
          </button>
        </div>
      </form>
    </>
  )
}

/** What one assignment holds, in words. */
export function Extent(props: { one: Assignment }): JSX.Element {
  const share = () =>
    props.one.share === null ? 'all photos' : `share ${props.one.share.part} of ${props.one.share.parts} of the photos`
  return (
    <>
      {share()}
      {props.one.deployment === null ? '' : ` of ${props.one.deployment}`}
      <Show when={props.one.taxonId}>
        {(id) => (
          <>
            , suggested as <TaxonById id={id()} />
          </>
        )}
      </Show>
    </>
  )
}
