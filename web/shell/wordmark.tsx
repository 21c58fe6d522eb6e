// The logo: a key whose bit is a branching tree, with the name.

import type { JSX } from 'solid-js'
import './wordmark.css'

export function Wordmark(): JSX.Element {
  return (
    <span class="wordmark">
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
        <g fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round">
          <circle cx="7.5" cy="16" r="5" />
          <path d="M12.5 16H17l5-6h6M17 16l5 6h6M22.5 10V5.5M22.5 22v4.5" />
        </g>
      </svg>
      <span>Clavis</span>
    </span>
  )
}
