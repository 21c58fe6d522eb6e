// The frame around every view: navigation, the person, and what is going on.

import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { A, useLocation } from '@solidjs/router'
import { type Component, createEffect, createMemo, For, type JSX, on } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import {
  Camera,
  ChartColumn,
  ChartPie,
  Ellipsis,
  Grid3x3,
  History,
  ImageOff,
  ImagePlus,
  Images,
  Layers,
  LayoutGrid,
  ListTree,
  MapPin,
  ScanEye,
  Sparkle,
  TriangleAlert,
} from '../icons/icons.ts'
import { focusView, returnFocusToViews } from '../keys/focus.ts'
import { Notices } from '../parts/notices.tsx'
import { shownTitle } from '../parts/page-title.ts'
import { UploadChip } from '../upload/upload-chip.tsx'
import { LiveMark } from './live-mark.tsx'
import { PersonMenu } from './person-menu.tsx'
import { openPlaces, type PlaceName, sectionOf } from './places.ts'
import { Wordmark } from './wordmark.tsx'
import './shell.css'

const icons: Record<PlaceName, Component<{ size?: number }>> = {
  Overview: LayoutGrid,
  Add: ImagePlus,
  Review: ScanEye,
  Grid: Grid3x3,
  Photos: Images,
  Taxa: ListTree,
  Deployments: MapPin,
  Results: ChartColumn,
  Insight: ChartPie,
  Identify: Camera,
  'Photos without an animal': ImageOff,
  'The same place again': Layers,
  'Doubted labels': TriangleAlert,
  'Unknown animals': Sparkle,
  History,
}

export function Shell(props: { children?: JSX.Element }): JSX.Element {
  const location = useLocation()
  const section = createMemo(() => sectionOf(location.pathname))
  let main: HTMLElement | undefined
  returnFocusToViews()

  createEffect(() => {
    document.title = [shownTitle(), section(), 'Clavis'].filter((part) => part != null).join(' · ')
  })
  // Opening another section moves the focus to its top; moves within the review keep the focus.
  createEffect(on(section, () => main?.focus({ preventScroll: true }), { defer: true }))

  return (
    <div class="shell">
      <a class="shell-skip" href="#main" target="_self">
        Skip to content
      </a>
      <header class="shell-top">
        <A href="/" class="shell-home" aria-label="Clavis, overview">
          <Wordmark />
        </A>
        <nav class="shell-places" aria-label="Sections">
          <For each={openPlaces().filter(({ bar }) => bar !== 'never')}>
            {(place) => (
              <A
                href={place.href}
                end={'end' in place}
                class="shell-place"
                classList={{ 'shell-wide': place.bar === 'wide' }}
                activeClass="active"
              >
                <Dynamic component={icons[place.name]} size={18} />
                <span>{place.name}</span>
              </A>
            )}
          </For>
          <MoreMenu />
        </nav>
        <div class="shell-end">
          <UploadChip />
          <LiveMark />
          <PersonMenu />
        </div>
      </header>
      <main id="main" tabindex="-1" ref={main}>
        {props.children}
      </main>
      <Notices />
    </div>
  )
}

/** The sections that the bar has no room for. */
function MoreMenu(): JSX.Element {
  return (
    <DropdownMenu gutter={6}>
      <DropdownMenu.Trigger class="shell-place shell-more">
        <Ellipsis size={18} />
        <span>More</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content class="menu" onCloseAutoFocus={focusView}>
          <For each={openPlaces().filter(({ bar }) => bar !== 'always')}>
            {(place) => (
              <DropdownMenu.Item
                as={A}
                href={place.href}
                class="menu-item"
                classList={{ 'shell-narrow': place.bar === 'wide' }}
              >
                <Dynamic component={icons[place.name]} size={16} /> {place.name}
              </DropdownMenu.Item>
            )}
          </For>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu>
  )
}
