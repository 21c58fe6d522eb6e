// Takes what the grid shows along, in the format of another program.

import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { createSignal, For, type JSX } from 'solid-js'
import type { AnimalFilter } from '../filter/filter.ts'
import { Download } from '../icons/icons.ts'
import { focusView } from '../keys/focus.ts'
import { exportAddress, exportFormats } from '../server/exchange/exports.ts'
import { OwnColumns } from './own-columns.tsx'
import './export-menu.css'

export function ExportMenu(props: { filter: AnimalFilter }): JSX.Element {
  const [ownColumns, setOwnColumns] = createSignal(false)
  return (
    <>
      <DropdownMenu gutter={6} placement="bottom-end">
        <DropdownMenu.Trigger class="button quiet" title="Export the photos of these animals">
          <Download size={15} /> Export
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content class="menu export-menu" onCloseAutoFocus={focusView}>
            <For each={exportFormats}>
              {({ name, title, says }) => (
                <DropdownMenu.Item
                  as="a"
                  class="menu-item export-menu-item"
                  href={exportAddress(name, props.filter)}
                  download=""
                >
                  <span class="export-menu-name">{title}</span>
                  <span class="detail fine">{says}</span>
                </DropdownMenu.Item>
              )}
            </For>
            <DropdownMenu.Item class="menu-item export-menu-item" onSelect={() => setOwnColumns(true)}>
              <span class="export-menu-name">CSV with own columns…</span>
              <span class="detail fine">Your names and order, kept as a template</span>
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu>
      <OwnColumns filter={props.filter} open={ownColumns()} onClose={() => setOwnColumns(false)} />
    </>
  )
}
