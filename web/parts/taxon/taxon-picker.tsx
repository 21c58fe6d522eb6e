// A field that finds a taxon by scientific or common name and offers to add a missing one. Enter chooses the first
// match.

import { Combobox } from '@kobalte/core/combobox'
import { type JSX, Show } from 'solid-js'
import type { TaxonDetail } from '../../../api/contract/taxon.ts'
import { Plus, Search } from '../../icons/icons.ts'
import { counted } from '../format.ts'
import { createPicker, type Option } from './picker-state.ts'
import { TaxonName } from './taxon-name.tsx'
import './taxon-picker.css'

export function TaxonPicker(props: {
  label: string
  placeholder?: string
  hideLabel?: boolean
  keyHint?: string
  onPick: (taxon: TaxonDetail) => void
  onNew?: (name: string) => void
  inputRef?: (element: HTMLInputElement) => void
}): JSX.Element {
  let field: HTMLInputElement | undefined
  const { options, typed, onInput, settled, choose, chooseFirst } = createPicker({
    onPick: (taxon) => props.onPick(taxon),
    onNew: () => props.onNew,
  })
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLInputElement }) => {
    if (event.key === 'Escape' && typed() === '') event.currentTarget.blur()
    const chosen = event.currentTarget.getAttribute('aria-activedescendant')
    if (event.key !== 'Enter' || typed().trim() === '' || (chosen !== null && chosen !== '')) return
    event.preventDefault()
    event.stopPropagation()
    chooseFirst()
  }

  return (
    <Combobox<Option>
      options={options()}
      optionValue="id"
      optionTextValue="text"
      optionLabel="text"
      value={null}
      onChange={choose}
      onInputChange={onInput}
      defaultFilter={() => true}
      allowsEmptyCollection
      triggerMode="input"
      placeholder={props.placeholder}
      gutter={6}
      sameWidth
      itemComponent={(item) => (
        <Combobox.Item item={item.item} class="taxon-picker-item">
          <Show
            when={item.item.rawValue.taxon}
            fallback={
              <Combobox.ItemLabel class="taxon-picker-new">
                <Plus size={16} aria-hidden="true" /> New taxon “{item.item.rawValue.text}”…
              </Combobox.ItemLabel>
            }
          >
            {(taxon) => (
              <>
                <Combobox.ItemLabel>
                  <TaxonName taxon={taxon()} />
                </Combobox.ItemLabel>
                <span class="detail fine">
                  {taxon().rank} ·{' '}
                  {[...taxon().path]
                    .reverse()
                    .slice(0, 2)
                    .map((p) => p.name)
                    .join(', ') || 'top of the taxonomy'}{' '}
                  · {counted(taxon().exampleCount, 'example')}
                </span>
              </>
            )}
          </Show>
        </Combobox.Item>
      )}
    >
      <Combobox.Label class={props.hideLabel ? 'unseen' : 'taxon-picker-label'}>{props.label}</Combobox.Label>
      <Combobox.Control class="taxon-picker-control">
        <Search size={16} aria-hidden="true" />
        <Combobox.Input
          class="taxon-picker-input"
          ref={(element: HTMLInputElement) => {
            field = element
            props.inputRef?.(element)
          }}
          onKeyDown={onKeyDown}
        />
        <Show when={props.keyHint}>
          <kbd class="key-hint">{props.keyHint}</kbd>
        </Show>
      </Combobox.Control>
      {/* Outside an open dialog everything is hidden from screen readers, so the list opens inside the dialog. */}
      <Combobox.Portal mount={field?.closest<HTMLElement>('[role="dialog"]') ?? undefined}>
        {/* Pressing an option must not move the focus: a dialog would take it, and the list would close. */}
        <Combobox.Content
          class="floating taxon-picker-list"
          onMouseDown={(event: MouseEvent) => event.preventDefault()}
        >
          <Combobox.Listbox />
          <Show when={options().length === 0 && typed().trim() !== ''}>
            <p class="taxon-picker-none">{!settled() ? 'Searching…' : 'No taxon has this name.'}</p>
          </Show>
        </Combobox.Content>
      </Combobox.Portal>
    </Combobox>
  )
}
