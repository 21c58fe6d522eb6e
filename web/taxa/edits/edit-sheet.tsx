// A dialog for one edit. Its fields determine the commands; before anyone can apply them, it shows what they would
// change and asks for a reason. A command that the trial run refuses cannot be applied. If somebody changes the taxon
// in the meantime, the dialog says who (changed-meanwhile.tsx).

import { useQuery } from '@tanstack/solid-query'
import { createEffect, createSignal, For, type JSX, Match, onCleanup, Show, Switch } from 'solid-js'
import { FormActions, FormError } from '../../parts/form/form.tsx'
import { Modal } from '../../parts/modal.tsx'
import { sentenceOf } from '../../server/client.ts'
import { dataOf, queries } from '../../server/query-client.ts'
import { applyEdit, type Command, type Expected, tried } from '../../server/taxonomy.ts'
import { ChangedMeanwhile } from './changed-meanwhile.tsx'
import { debounced } from './debounced.ts'
import { notifyEdit } from './notify-edit.ts'
import { TouchesPanel } from './touches.tsx'
import './edit-sheet.css'

type Seen = { id: string; revision: number }

export function EditSheet(props: {
  title: string
  description?: string
  action: string
  danger?: boolean
  wide?: boolean
  /** Empty while something is missing. */
  commands: readonly Command[]
  /** The commands come from typed text: they are tried when typing pauses. */
  typed?: boolean
  /** Says what is missing. */
  missing?: string
  /** The taxon that the edit is about, as it was seen. */
  taxon: Seen
  /** The taxon that takes over what it had. */
  other?: Seen | null
  onClose: () => void
  /** `made` is the id of the taxon that a split or an addition created. */
  onDone?: (made: string | null) => void
  children?: JSX.Element
}): JSX.Element {
  const given = () => props.commands
  const rested = debounced(given)
  const commands = () => (props.typed ? rested() : given())
  const pending = () => props.typed === true && rested.pending()
  const [why, setWhy] = createSignal('')
  const [fault, setFault] = createSignal<string | null>(null)
  const [busy, setBusy] = createSignal(false)
  const [refused, setRefused] = createSignal<readonly Command[]>([])
  const onTried = (command: Command, isRefused: boolean) =>
    setRefused((all) => [...all.filter((one) => one !== command), ...(isRefused ? [command] : [])])

  const apply = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setFault(null)
    try {
      // The first of several edits changes the revisions that the next would be compared with.
      let expected: Expected = Object.fromEntries(
        [props.taxon, props.other ?? props.taxon].map(({ id, revision }) => [id, revision]),
      )
      let last: Awaited<ReturnType<typeof applyEdit>> | null = null
      for (const command of commands()) {
        last = await applyEdit(command, why().trim(), expected)
        expected = {}
      }
      const edit = last?.edit
      const made = edit?.kind === 'split' || edit?.kind === 'add' ? (edit.taxa.at(-1)?.id ?? null) : null
      props.onClose()
      props.onDone?.(made)
      if (edit) notifyEdit(edit)
    } catch (error) {
      setFault(sentenceOf(error))
      void queries.invalidateQueries({ queryKey: ['taxa'] })
    } finally {
      setBusy(false)
    }
  }

  return (
    <Modal open onClose={props.onClose} title={props.title} description={props.description} wide={props.wide}>
      <form class="form edit-sheet" onSubmit={apply}>
        {props.children}
        <section class="edit-sheet-touches" aria-live="polite" aria-label="What this changes">
          <h3 class="overline">What this changes</h3>
          <Show when={commands().length > 0} fallback={<p class="detail">{props.missing ?? 'No changes yet.'}</p>}>
            <For each={commands()}>
              {(command) => <DryRun command={command} onTried={(isRefused) => onTried(command, isRefused)} />}
            </For>
          </Show>
        </section>
        <label class="field">
          Why
          <input
            class="input"
            value={why()}
            onInput={(event) => setWhy(event.currentTarget.value)}
            placeholder="optional, stored in the log"
            maxlength={1000}
          />
        </label>
        <Show when={!busy()}>
          <ChangedMeanwhile />
        </Show>
        <FormError text={fault()} />
        <FormActions onCancel={props.onClose}>
          <button
            type="submit"
            class="button"
            classList={{ primary: !props.danger, danger: props.danger === true }}
            disabled={busy() || pending() || commands().length === 0 || refused().length > 0}
          >
            {props.action}
          </button>
        </FormActions>
      </form>
    </Modal>
  )
}

function DryRun(props: { command: Command; onTried: (isRefused: boolean) => void }): JSX.Element {
  const trial = useQuery(() => tried(props.command))
  createEffect(() => props.onTried(trial.isError))
  onCleanup(() => props.onTried(false))
  return (
    <Switch fallback={<div class="skeleton edit-sheet-skeleton" />}>
      <Match when={trial.isError}>
        <FormError text={sentenceOf(trial.error)} />
      </Match>
      <Match when={dataOf(trial)}>{(result) => <TouchesPanel touches={result().touches} />}</Match>
    </Switch>
  )
}
