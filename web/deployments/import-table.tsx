// Deployments from a table: what it would do is shown first.

import { createSignal, For, type JSX, Show } from 'solid-js'
import { Upload } from '../icons/icons.ts'
import { FormActions } from '../parts/form/form.tsx'
import { counted } from '../parts/format.ts'
import { Modal } from '../parts/modal.tsx'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { type DeploymentTable, importDeployments, refetchDeployments } from '../server/deployments.ts'
import './import-table.css'

const MOST_FAULTS = 20

export function ImportTable(): JSX.Element {
  const [file, setFile] = createSignal<File | null>(null)
  const [trial, setTrial] = createSignal<DeploymentTable | null>(null)
  let input: HTMLInputElement | undefined
  const attempt = async (chosen: File) => {
    try {
      setTrial(await importDeployments(chosen, true))
      setFile(chosen)
    } catch (error) {
      notifyFailure('This table could not be read', error)
    }
  }
  const close = () => {
    setFile(null)
    setTrial(null)
  }
  const bringIn = async () => {
    const chosen = file()
    close()
    if (chosen === null) return
    try {
      const { added, changed, movedPhotos } = await importDeployments(chosen, false)
      const moved = movedPhotos > 0 ? ` ${counted(movedPhotos, 'photo')} moved to the deployment of their time.` : ''
      notify({ title: 'Deployments imported', text: `${added.length} added, ${changed.length} changed.${moved}` })
    } catch (error) {
      notifyFailure('The table could not be imported', error)
    }
    refetchDeployments()
  }
  return (
    <>
      <button type="button" class="button" onClick={() => input?.click()}>
        <Upload size={16} /> Import a table
      </button>
      <input
        ref={input}
        type="file"
        class="unseen"
        tabindex="-1"
        aria-label="Table of deployments"
        accept=".csv,.tsv,.txt,text/csv"
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0]
          event.currentTarget.value = ''
          if (chosen !== undefined) void attempt(chosen)
        }}
      />
      <Modal
        open={trial() !== null}
        onClose={close}
        title="Import deployments"
        description={trial()?.format === 'camtrap-dp' ? 'A Camtrap DP table: deploymentID is the name.' : undefined}
      >
        <Show when={trial()}>
          {(found) => (
            <div class="import-table">
              <p>
                {counted(found().added.length, 'deployment')} added, {found().changed.length} changed,{' '}
                {found().unchanged} as they are.
              </p>
              <Show when={found().faults.length > 0}>
                <p>{counted(found().faults.length, 'row')} left out:</p>
                <ul class="import-table-faults">
                  <For each={found().faults.slice(0, MOST_FAULTS)}>
                    {({ line, message }) => (
                      <li>
                        Line {line}: {message}
                      </li>
                    )}
                  </For>
                </ul>
              </Show>
              <FormActions onCancel={close}>
                <button
                  type="button"
                  class="button primary"
                  disabled={found().added.length + found().changed.length === 0}
                  onClick={() => void bringIn()}
                >
                  Import
                </button>
              </FormActions>
            </div>
          )}
        </Show>
      </Modal>
    </>
  )
}
