// The key sheet, opened with `?` anywhere: all keys, which can be changed here. It warns if a key has two actions.

import { createSignal, For, type JSX, onCleanup, Show } from 'solid-js'
import { RotateCcw } from '../icons/icons.ts'
import { type ActionName, actionNames, actions, families, groups } from '../keys/actions.ts'
import { defaults, isChanged, rebind, release, restore, rivalsOf } from '../keys/bindings.ts'
import { capsOf, nameOf, spokenKey } from '../keys/key-names.ts'
import { bindings, onMac, setBindings, useActions } from '../keys/use-actions.ts'
import { Modal } from '../parts/modal.tsx'
import './key-sheet.css'

const [open, setOpen] = createSignal(false)
export const openKeySheet = (): void => {
  setOpen(true)
}

/** For buttons that disappear when pressed: keeps the focus inside the sheet. */
const keepFocus = (event: MouseEvent & { currentTarget: HTMLElement }) => {
  const place = event.currentTarget.closest('.key-sheet-row') ?? event.currentTarget.closest('[role="dialog"]')
  place?.querySelector<HTMLElement>('.key-sheet-cap')?.focus()
}

const inFamilies = new Set(families.flatMap((family) => family.names))
const single = (group: string) => actionNames.filter((name) => actions[name].group === group && !inFamilies.has(name))

export function KeySheet(): JSX.Element {
  useActions(() => ({ help: openKeySheet }))
  const changed = () => actionNames.some((name) => isChanged(bindings(), name))
  return (
    <Modal
      open={open()}
      onClose={() => setOpen(false)}
      title="Keys"
      description="Click a key to change it. Keys are off while you type in a field. For every key there is a button too."
      wide
    >
      <div class="key-sheet-groups">
        <For each={groups}>
          {(group) => (
            <section>
              <h3>{group}</h3>
              <ul>
                <For each={single(group)}>{(name) => <Row name={name} />}</For>
                <For each={families.filter((family) => family.names.some((name) => actions[name].group === group))}>
                  {(family) => (
                    <li class="key-sheet-row key-sheet-family">
                      <span class="key-sheet-does">{family.does}</span>
                      <span class="key-sheet-caps">
                        <For each={family.names}>{(name) => <Cap name={name} />}</For>
                      </span>
                      <For each={family.names}>{(name) => <Clashes name={name} />}</For>
                    </li>
                  )}
                </For>
              </ul>
            </section>
          )}
        </For>
      </div>
      <div class="form-actions">
        <Show when={changed()}>
          <button
            type="button"
            class="button"
            onClick={(event) => {
              keepFocus(event)
              setBindings(defaults)
            }}
          >
            <RotateCcw size={15} /> Reset all keys
          </button>
        </Show>
      </div>
    </Modal>
  )
}

function Row(props: { name: ActionName }): JSX.Element {
  return (
    <li class="key-sheet-row">
      <span class="key-sheet-does">{actions[props.name].does}</span>
      <span class="key-sheet-caps">
        <Cap name={props.name} />
        <Show when={isChanged(bindings(), props.name)}>
          <button
            type="button"
            class="button quiet icon"
            aria-label={`Reset: ${actions[props.name].does}`}
            onClick={(event) => {
              keepFocus(event)
              setBindings(restore(bindings(), props.name))
            }}
          >
            <RotateCcw size={14} />
          </button>
        </Show>
      </span>
      <Clashes name={props.name} />
    </li>
  )
}

/** The keys of an action as a button. After a click, the next key pressed becomes the action's key. */
function Cap(props: { name: ActionName }): JSX.Element {
  const [listening, setListening] = createSignal(false)
  const keys = () => bindings()[props.name]
  const take = (event: KeyboardEvent) => {
    event.preventDefault()
    event.stopImmediatePropagation()
    const key = nameOf(event)
    if (key === null) return
    stop()
    if (key !== 'Escape') setBindings(rebind(bindings(), props.name, key))
  }
  const stop = () => {
    setListening(false)
    window.removeEventListener('keydown', take, true)
  }
  const start = () => {
    setListening(true)
    window.addEventListener('keydown', take, true)
  }
  onCleanup(stop)
  const does = () => actions[props.name].does
  return (
    <button
      type="button"
      class="key-sheet-cap"
      aria-pressed={listening()}
      onClick={() => (listening() ? stop() : start())}
      onBlur={stop}
    >
      <span class="unseen">{does()}: </span>
      <Show
        when={!listening()}
        fallback={
          <span class="key-sheet-listening">
            press a key<span class="unseen">; Escape cancels</span>
          </span>
        }
      >
        <For each={keys()} fallback={<span class="key-sheet-none">no key</span>}>
          {(key, i) => (
            <>
              {i() > 0 ? ' ' : ''}
              <kbd>{capsOf(key, onMac).join(' ')}</kbd>
            </>
          )}
        </For>
        <span class="unseen">. Change it</span>
      </Show>
    </button>
  )
}

function Clashes(props: { name: ActionName }): JSX.Element {
  return (
    <For each={rivalsOf(bindings(), props.name)}>
      {({ key, other }) => (
        <span class="key-sheet-clash" role="alert">
          {spokenKey(key, onMac)} also does “{actions[other].does}”.
          <button
            type="button"
            class="button quiet"
            onClick={(event) => {
              keepFocus(event)
              setBindings(release(bindings(), other, key))
            }}
          >
            Remove it there
          </button>
        </span>
      )}
    </For>
  )
}
