// An address that leads nowhere.

import { A, useLocation } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { CircleHelp } from '../icons/icons.ts'
import { Message } from '../parts/message.tsx'
import { usePageTitle } from '../parts/page-title.ts'

export function NotFound(): JSX.Element {
  const location = useLocation()
  usePageTitle(() => 'Page not found')
  return (
    <div class="page">
      <h1 class="unseen">Page not found</h1>
      <Message
        icon={<CircleHelp size={26} />}
        title="There is no page here"
        actions={
          <>
            <A href="/" class="button primary">
              Overview
            </A>
            <A href="/review" class="button">
              Review
            </A>
          </>
        }
      >
        Nothing is at {location.pathname}. The link may be old or mistyped.
      </Message>
    </div>
  )
}
