// Adding photos from start to end: choose or drop files, check what was recognised, send, follow the progress, go on.

import { createSignal, type JSX, Match, Switch } from 'solid-js'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { factsOfFolders } from '../server/exchange/imports.ts'
import { readFiles } from '../server/exchange/readings.ts'
import { withZips } from './collect.ts'
import { DropZone } from './drop-zone.tsx'
import type { Found } from './found.ts'
import { type Labelling, type Plan, planPhotos } from './plan.ts'
import { PlanSheet } from './plan-sheet.tsx'
import { forget, send, upload } from './upload.ts'
import { UploadProgress } from './upload-progress.tsx'

export function AddPhotos(): JSX.Element {
  const [found, setFound] = createSignal<readonly Found[]>([])
  const [plan, setPlan] = createSignal<Plan | null>(null)
  const [busy, setBusy] = createSignal(false)

  const makePlan = async (files: readonly Found[], labelling: Labelling) => {
    setBusy(true)
    try {
      const made = await planPhotos(files, labelling, factsOfFolders, readFiles)
      if (made.photos.length > 0 || made.reading?.known.length) setPlan(made)
      else
        notify({
          title: 'No photos among these files',
          text: 'Use JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF or a camera’s raw files.',
          tone: 'rust',
        })
    } catch (error) {
      notifyFailure('These files could not be read', error)
    } finally {
      setBusy(false)
    }
  }
  const receive = async (files: readonly Found[]) => {
    setBusy(true)
    try {
      const all = await withZips(files)
      setFound(all)
      await makePlan(all, 'guess')
    } catch (error) {
      notifyFailure('This zip could not be opened', error)
    } finally {
      setBusy(false)
    }
  }
  const start = (chosen: Plan) => {
    setPlan(null)
    void send(chosen)
  }

  return (
    <Switch
      fallback={
        <DropZone
          title="Drop photos, folders or a zip here"
          touchTitle="Add photos"
          hint="Photos in a folder named like a species, such as Danaus_plexippus, teach that species. All others wait for review. What MegaDetector, AddaxAI, Camtrap DP, COCO and others wrote is recognised."
          busy={busy()}
          onFiles={(files) => void receive(files)}
        />
      }
    >
      <Match when={plan()}>
        {(p) => (
          <PlanSheet
            plan={p()}
            busy={busy()}
            onLabelling={(labelling) => void makePlan(found(), labelling)}
            onSend={() => start(p())}
            onCancel={() => setPlan(null)}
          />
        )}
      </Match>
      <Match when={upload()}>{(now) => <UploadProgress upload={now()} onMore={forget} />}</Match>
    </Switch>
  )
}
