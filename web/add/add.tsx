// The view at /add: adds photos to an installation that already has some, and lists earlier imports.

import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { ArchiveX } from '../icons/icons.ts'
import { AddPhotos } from '../upload/add-photos.tsx'
import { ImportList } from '../upload/import-list.tsx'
import { RepeatsLink } from './repeats-link.tsx'
import './add.css'

export default function Add(): JSX.Element {
  return (
    <div class="page">
      <header class="page-head">
        <h1>Add photos</h1>
        <div class="acts">
          <A href="/add/false-triggers" class="button">
            <ArchiveX size={16} /> Photos without an animal
          </A>
          <RepeatsLink />
        </div>
      </header>
      <AddPhotos />
      <div class="add-imports">
        <ImportList />
      </div>
    </div>
  )
}
