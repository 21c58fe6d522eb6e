// The frame around every view: navigation, the person, and what is going on.

import { A, useLocation } from '@solidjs/router'
import { type Component, createEffect, createMemo, For, type JSX, on } from 'solid-js'
import { Camera, ChartColumn, ChartPie, Grid3x3, Images, LayoutGrid, ListTree, ScanEye } from '../icons/icons.ts'
import { Notices } from '../parts/notices.tsx'
import { UploadChip } from '../upload/upload-chip.tsx'
import { LiveMark } from './live-mark.tsx'
import { PersonMenu } from './person-menu.tsx'
import { Wordmark } from './wordmark.tsx'
import './shell.css'

type Place = { href: string; name: string; icon: Component<{ size?: number }>; end?: boolean }

const places: readonly Place[] = [
  { href: '/', name: 'Overview', icon: LayoutGrid, end: true },
  { href: '/review', name: 'Review', icon: ScanEye },
  { href: '/grid', name: 'Grid', icon: Grid3x3 },
  { href: '/photos', name: 'Photos', icon: Images },
  { href: '/taxa', name: 'Taxa', icon: ListTree },
  { href: '/results', name: 'Results', icon: ChartColumn },
  { href: '/insight', name: 'Insight', icon: ChartPie },
  { href: '/identify', name: 'Identify', icon: Camera },
]

export function Shell(props: { children?: JSX.Element }): JSX.Element {
  const location = useLocation()
  const section = createMemo(() => places.findLast((p) => location.pathname.startsWith(p.href))?.name ?? 'Clavis')
  let main: HTMLElement | undefined

  createEffect(() => {
    document.title = section() === 'Overview' ? 'Clavis' : `${section()} · Clavis`
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
          <For each={places}>
            {(place) => (
              <A href={place.href} end={place.end} class="shell-place" activeClass="active">
                <place.icon size={18} />
                <span>{place.name}</span>
              </A>
            )}
          </For>
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
