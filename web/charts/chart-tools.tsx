// The buttons of a chart: open all its photos, show it as a table, save it as a file.

import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { type JSX, Show } from 'solid-js'
import { Download, Images, Table2 } from '../icons/icons.ts'
import './chart-tools.css'

export type FileKind = 'csv' | 'svg' | 'png'

export function ChartTools(props: {
  title: string
  asTable: boolean
  onAsTable: (asTable: boolean) => void
  onOpen?: () => void
  onSave: (kind: FileKind) => void
}): JSX.Element {
  return (
    <div class="chart-tools">
      <Show when={props.onOpen}>
        {(open) => (
          <button
            type="button"
            class="button quiet icon"
            title="Open the photos"
            aria-label={`Open the photos behind: ${props.title}`}
            onClick={() => open()()}
          >
            <Images size={16} />
          </button>
        )}
      </Show>
      <button
        type="button"
        class="button quiet icon"
        title="Show as a table"
        aria-label={`Show as a table: ${props.title}`}
        aria-pressed={props.asTable}
        onClick={() => props.onAsTable(!props.asTable)}
      >
        <Table2 size={16} />
      </button>
      <DropdownMenu>
        <DropdownMenu.Trigger class="button quiet icon" title="Save" aria-label={`Save: ${props.title}`}>
          <Download size={16} />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content class="menu">
            <DropdownMenu.Item class="menu-item" onSelect={() => props.onSave('csv')}>
              Numbers as CSV
            </DropdownMenu.Item>
            <DropdownMenu.Item class="menu-item" disabled={props.asTable} onSelect={() => props.onSave('svg')}>
              Drawing as SVG
            </DropdownMenu.Item>
            <DropdownMenu.Item class="menu-item" disabled={props.asTable} onSelect={() => props.onSave('png')}>
              Picture as PNG
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu>
    </div>
  )
}
