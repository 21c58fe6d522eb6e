// For admins: what it takes until an animal teaches.

import { useQuery } from '@tanstack/solid-query'
import { createSignal, For, type JSX } from 'solid-js'
import type { AgreementRule } from '../../api/contract/people/agreement.ts'
import { FormError } from '../parts/form/form.tsx'
import { notify } from '../parts/notices.tsx'
import { sentenceOf } from '../server/client.ts'
import { agreement, chooseAgreement } from '../server/people.ts'
import { dataOf } from '../server/query-client.ts'
import './people-rules.css'

type Rule = AgreementRule['rule']
const rules: Record<Rule, string> = {
  one: 'One is enough: an animal teaches as soon as somebody identified it',
  two: 'Two must agree: who accepts the suggestion counts only once, however many do',
  expert: 'An expert signs: what others say waits for one',
}
const ruleNames = Object.keys(rules) as Rule[] // the keys of a constant

export function Agreement(): JSX.Element {
  const known = useQuery(agreement)
  const [fault, setFault] = createSignal<string | null>(null)
  const [busy, setBusy] = createSignal(false)
  const choose = async (rule: Rule) => {
    setFault(null)
    setBusy(true)
    try {
      await chooseAgreement({ rule })
      notify({ title: 'The rule was changed', text: 'All animals are settled again by it.' })
    } catch (error) {
      setFault(sentenceOf(error))
      await known.refetch()
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <h2>Agreement</h2>
      <fieldset class="people-rules" disabled={busy()}>
        <legend>What it takes until an animal teaches</legend>
        <For each={ruleNames}>
          {(rule) => (
            <label>
              <input
                type="radio"
                name="agreement"
                checked={dataOf(known)?.rule === rule}
                onChange={() => void choose(rule)}
              />{' '}
              {rules[rule]}
            </label>
          )}
        </For>
      </fieldset>
      <FormError text={fault()} />
      <p class="people-rules-note">
        The queue “Second look” holds all conflicts, one in twenty of what one person identified, and everybody’s first
        ten. Changing the rule back restores exactly what was.
      </p>
    </>
  )
}
