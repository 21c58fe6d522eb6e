// The view at /add: adds photos to an installation that already has some, and lists earlier imports.

import { A } from '@solidjs/router'
import { type JSX, Show } from 'solid-js'
import { ArchiveX } from '../icons/icons.ts'
import { mayAs } from '../person/person.ts'
import { OnlyFor } from '../shell/only-for.tsx'
import { AddPhotos } from '../upload/add-photos.tsx'
import { ImportList } from '../upload/import-list.tsx'
import { RepeatsLink } from './repeats-link.tsx'
import './add.css'

export default function Add(): JSX.Element {
  return (
    <div class="page">
      <header class="page-head">
        <h1>Add photos</h1>
        <Show when={mayAs('editor')}>
          <div class="acts">
            <A href="/add/false-triggers" class="button">
              <ArchiveX size={16} /> Photos without an animal
            </A>
            <RepeatsLink />
          </div>
        </Show>
      </header>
      <OnlyFor least="editor" what="add photos">
        <AddPhotos />
      </OnlyFor>
      <div class="add-imports">
        <ImportList />
      </div>
    </div>
  )
}
