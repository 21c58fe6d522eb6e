// Notes on the photo for other people. They are saved when the field loses the focus, or with Ctrl Enter.

import { createEffect, createSignal, type JSX, on } from 'solid-js'
import type { Media } from '../../api/contract/media.ts'
import { KeyHint } from '../keys/key-hint.tsx'
import { notifyFailure } from '../parts/notices.tsx'
import { changeMedia } from '../server/media.ts'
import { step } from '../teaching/teaching.ts'
import './notes.css'

export function Notes(props: { media: Media; ref: (element: HTMLTextAreaElement) => void }): JSX.Element {
  const [text, setText] = createSignal(props.media.notes)
  // Shows what others write in the meantime, unless this person is typing.
  let field: HTMLTextAreaElement | undefined
  createEffect(
    on(
      () => props.media.notes,
      (notes) => {
        if (document.activeElement !== field) setText(notes)
      },
      { defer: true },
    ),
  )
  const save = () => {
    const notes = text().trim()
    if (notes === props.media.notes) return
    step(() => changeMedia(props.media.id, { notes })).catch((error: unknown) =>
      notifyFailure('The note was not saved', error),
    )
  }
  return (
    <section class="notes">
      <label>
        <span class="overline">
          Notes <KeyHint action="note" />
        </span>
        <textarea
          ref={(element) => {
            field = element
            props.ref(element)
          }}
          class="input"
          rows={text() === '' ? 1 : 3}
          maxlength={10_000}
          placeholder="About this photo"
          value={text()}
          onInput={(event) => setText(event.currentTarget.value)}
          onBlur={save}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setText(props.media.notes)
            if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey)))
              event.currentTarget.blur()
          }}
        />
      </label>
    </section>
  )
}
