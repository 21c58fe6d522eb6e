// The person's menu: name, appearance and keys.

import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { A } from '@solidjs/router'
import { createSignal, For, type JSX, Show } from 'solid-js'
import { Check, CircleUser } from '../icons/icons.ts'
import { focusView } from '../keys/focus.ts'
import { account, mayAs, person } from '../person/person.ts'
import { setTheme, type Theme, theme, themes } from '../person/theme.ts'
import { signOut } from '../server/people.ts'
import { PersonQuestion } from '../teaching/person-question.tsx'
import { openKeySheet } from './key-sheet.tsx'
import './person-menu.css'

const themeNames: Record<Theme, string> = { system: 'System', light: 'Light', dark: 'Dark' }

/** Nothing of the person before stays in the page. */
async function leave(): Promise<void> {
  await signOut()
  location.assign('/')
}

export function PersonMenu(): JSX.Element {
  const [asking, setAsking] = createSignal(false)
  return (
    <>
      <DropdownMenu>
        <DropdownMenu.Trigger class="button quiet person-menu-trigger" aria-label={`Menu of ${person()}`}>
          <CircleUser size={18} />
          <span>{person()}</span>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content class="menu" onCloseAutoFocus={focusView}>
            <Show
              when={account()}
              fallback={
                <DropdownMenu.Item class="menu-item" onSelect={() => setAsking(true)}>
                  Change name…
                </DropdownMenu.Item>
              }
            >
              <DropdownMenu.Item class="menu-item" as={A} href="/account">
                Your account
              </DropdownMenu.Item>
            </Show>
            <Show when={mayAs('admin')}>
              <DropdownMenu.Item class="menu-item" as={A} href="/models">
                Models
              </DropdownMenu.Item>
              <DropdownMenu.Item class="menu-item" as={A} href="/people">
                People
              </DropdownMenu.Item>
            </Show>
            <DropdownMenu.Item class="menu-item" onSelect={() => openKeySheet()}>
              Keys <kbd class="key-hint">?</kbd>
            </DropdownMenu.Item>
            <DropdownMenu.Separator class="menu-line" />
            <DropdownMenu.RadioGroup
              value={theme()}
              onChange={(value) => {
                const chosen = themes.find((t) => t === value)
                if (chosen !== undefined) setTheme(chosen)
              }}
            >
              <DropdownMenu.GroupLabel class="menu-label">Appearance</DropdownMenu.GroupLabel>
              <For each={themes}>
                {(choice) => (
                  <DropdownMenu.RadioItem class="menu-item" value={choice}>
                    {themeNames[choice]}
                    <DropdownMenu.ItemIndicator>
                      <Check size={16} />
                    </DropdownMenu.ItemIndicator>
                  </DropdownMenu.RadioItem>
                )}
              </For>
            </DropdownMenu.RadioGroup>
            <DropdownMenu.Separator class="menu-line" />
            <DropdownMenu.Item class="menu-item" as="a" href="/api/docs" target="_blank" rel="noopener">
              API documentation
            </DropdownMenu.Item>
            <Show when={account()}>
              <DropdownMenu.Item class="menu-item" onSelect={() => void leave()}>
                Sign out
              </DropdownMenu.Item>
            </Show>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu>
      <PersonQuestion open={asking()} onClose={() => setAsking(false)} />
    </>
  )
}
