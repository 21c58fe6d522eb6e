// Takes what the grid shows along, in the format of another program.

import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { For, type JSX } from 'solid-js'
import type { AnimalFilter } from '../filter/filter.ts'
import { Download } from '../icons/icons.ts'
import { exportAddress, exportFormats } from '../server/exchange/exports.ts'
import './export-menu.css'

export function ExportMenu(props: { filter: AnimalFilter }): JSX.Element {
  return (
    <DropdownMenu gutter={6} placement="bottom-end">
      <DropdownMenu.Trigger class="button quiet" title="Export the photos of these animals">
        <Download size={15} /> Export
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content class="menu export-menu">
          <For each={exportFormats}>
            {({ name, title, says }) => (
              <DropdownMenu.Item
                as="a"
                class="menu-item export-menu-item"
                href={exportAddress(name, props.filter)}
                download=""
              >
                <span class="export-menu-name">{title}</span>
                <span class="export-menu-words">{says}</span>
              </DropdownMenu.Item>
            )}
          </For>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu>
  )
}
