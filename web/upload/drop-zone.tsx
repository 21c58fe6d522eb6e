// The place to add photos: dropped on it, chosen as files or as a folder, or taken with the phone's camera.

import { createSignal, type JSX, onMount, Show } from 'solid-js'
import { Camera, FolderOpen, ImagePlus } from '../icons/icons.ts'
import { filesOfDrop, filesOfInput } from './collect.ts'
import type { Found } from './found.ts'
import './drop-zone.css'

const touched = matchMedia('(hover: none) and (pointer: coarse)').matches

export function DropZone(props: {
  title: string
  /** The title on touch screens, where nothing can be dropped. */
  touchTitle: string
  hint: JSX.Element
  single?: boolean
  busy?: boolean
  onFiles: (found: Found[]) => void
}): JSX.Element {
  const [over, setOver] = createSignal(false)
  let files: HTMLInputElement | undefined
  let folder: HTMLInputElement | undefined
  let camera: HTMLInputElement | undefined
  // Solid has no property of this name, so it is set by hand. It lets people choose a folder.
  onMount(() => folder?.setAttribute('webkitdirectory', ''))

  const onDrop = async (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    if (event.dataTransfer === null || props.busy) return
    const found = await filesOfDrop(event.dataTransfer)
    if (found.length > 0) props.onFiles(found)
  }
  const onChosen = (event: Event & { currentTarget: HTMLInputElement }) => {
    const { files: chosen } = event.currentTarget
    if (chosen !== null && chosen.length > 0) props.onFiles(filesOfInput(chosen))
    event.currentTarget.value = ''
  }

  return (
    <section
      class="drop-zone"
      classList={{ over: over() }}
      aria-label={props.title}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        const to = event.relatedTarget
        if (!(to instanceof Node && event.currentTarget.contains(to))) setOver(false)
      }}
      onDrop={onDrop}
    >
      <div class="drop-zone-words">
        <h2>{touched ? props.touchTitle : props.title}</h2>
        <p>{props.hint}</p>
      </div>
      <div class="drop-zone-buttons">
        <button type="button" class="button primary big" disabled={props.busy} onClick={() => files?.click()}>
          <ImagePlus size={18} /> {props.single ? 'Choose a photo' : 'Choose photos'}
        </button>
        <Show when={!props.single}>
          <button
            type="button"
            class="button big drop-zone-folder"
            disabled={props.busy}
            onClick={() => folder?.click()}
          >
            <FolderOpen size={18} /> Choose a folder
          </button>
        </Show>
        <button type="button" class="button big drop-zone-camera" disabled={props.busy} onClick={() => camera?.click()}>
          <Camera size={18} /> Take a photo
        </button>
      </div>
      <input
        ref={files}
        type="file"
        accept={props.single ? 'image/*' : 'image/*,video/*,.mkv,.csv,.zip,.json,.xml,.xmp,.tsv,.txt,.yaml,.yml'}
        multiple={!props.single}
        hidden
        onChange={onChosen}
        aria-label="Photos"
      />
      <input ref={folder} type="file" multiple hidden onChange={onChosen} aria-label="Folder of photos" />
      <input
        ref={camera}
        type="file"
        accept="image/*"
        capture="environment"
        hidden
        onChange={onChosen}
        aria-label="Camera"
      />
    </section>
  )
}
