// Adding photos from start to end: choose or drop files, check what was recognised, send, follow the progress, go on.

import { useNavigate } from '@solidjs/router'
import { createSignal, type JSX, Match, Switch } from 'solid-js'
import type { Reading } from '../../api/contract/exchange/reading.ts'
import { counted } from '../parts/format.ts'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { factsOfFolders, namesInZip, namesOfSystems } from '../server/exchange/imports.ts'
import { addDeployments, nameAnimals, readFiles } from '../server/exchange/readings.ts'
import { queries } from '../server/query-client.ts'
import { withoutSystems, withZips } from './collect.ts'
import { DropZone } from './drop-zone.tsx'
import type { Found } from './found.ts'
import type { LeftOut } from './left-out/left-out.ts'
import { type Corrections, findMisspelt, type Misspelt, withCorrections } from './names/misspelt.ts'
import { MisspeltNames } from './names/misspelt.tsx'
import { type AskFolders, type Labelling, type Plan, planPhotos } from './plan.ts'
import { PlanSheet } from './plan-sheet.tsx'
import { forget, send, upload } from './upload.ts'
import { UploadProgress } from './upload-progress.tsx'

export function AddPhotos(): JSX.Element {
  const [found, setFound] = createSignal<readonly Found[]>([])
  const [plan, setPlan] = createSignal<Plan | null>(null)
  const [busy, setBusy] = createSignal(false)
  const [misspelt, setMisspelt] = createSignal<readonly Misspelt[]>([])
  const [corrections, setCorrections] = createSignal<Corrections>({})
  const navigate = useNavigate()
  let labelling: Labelling = 'guess'
  let ofSystems: LeftOut[] = []

  const makePlan = async (files: readonly Found[]) => {
    setBusy(true)
    try {
      const ask: AskFolders = (question) => factsOfFolders({ ...question, corrections: corrections() })
      const planned = await planPhotos(files, labelling, ask, readFiles)
      const made = { ...planned, rowsLeftOut: [...ofSystems, ...planned.rowsLeftOut] }
      if (made.photos.length > 0 || made.reading?.known.length || made.reading?.deployments.length) {
        const doubted = labelling === 'unlabelled' ? [] : await findMisspelt(made, nameAnimals)
        setMisspelt((before) => together(before, doubted))
        setPlan(made)
      } else notify({ ...nothingIn(made.reading), tone: 'rust' })
    } catch (error) {
      notifyFailure('These files could not be read', error)
    } finally {
      setBusy(false)
    }
  }
  const hiddenText = () =>
    ofSystems.length === 0
      ? ''
      : `${counted(ofSystems.length, 'file')} stayed out: hidden, or in folders that systems keep for themselves. `
  const nothingIn = (reading: Reading | null) => {
    const [format] = reading?.formats ?? []
    if (reading === null || format === undefined)
      return {
        title: 'No photos among these files',
        text: `${hiddenText()}Use JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF or a camera’s raw files.`,
      }
    if (reading.counts.photos === 0)
      return { title: `${format.title}: nothing about photos in it`, text: 'Choose the file that lists the photos.' }
    return {
      title: `${format.title}: none of its ${counted(reading.counts.photos, 'photo')} is here`,
      text: 'Drop the photos together with these files, or add the photos first and then these files.',
    }
  }
  const receive = async (files: readonly Found[]) => {
    setBusy(true)
    try {
      const { kept, leftOut } = await withoutSystems(await withZips(files, namesInZip), namesOfSystems)
      ofSystems = leftOut
      setFound(kept)
      setMisspelt([])
      setCorrections({})
      labelling = 'guess'
      await makePlan(kept)
    } catch (error) {
      notifyFailure('This zip could not be opened', error)
    } finally {
      setBusy(false)
    }
  }
  /** What was corrected stays listed as it was, so that it can be taken back. */
  const together = (before: readonly Misspelt[], now: readonly Misspelt[]) => {
    const corrected = before.filter(({ written }) => corrections()[written] !== undefined)
    return [...corrected, ...now.filter((one) => !corrected.some(({ written }) => written === one.written))]
  }
  const correct = (one: Misspelt, name: string | null) => {
    const { [one.written]: _, ...others } = corrections()
    setCorrections(name === null ? others : { ...others, [one.written]: name })
    // A folder becomes a label, or is one no longer: only the service knows what that makes of those around it.
    if (!one.isLabel) void makePlan(found())
  }
  const addStations = async ({ deployments }: Reading) => {
    try {
      await addDeployments(deployments)
      for (const queryKey of [['deployments'], ['season']]) void queries.invalidateQueries({ queryKey })
      notify({ title: `${counted(deployments.length, 'deployment')} added` })
      navigate('/deployments')
    } catch (error) {
      notifyFailure('The deployments could not be added', error)
    }
  }
  const start = (chosen: Plan) => {
    setPlan(null)
    const { photos, reading } = chosen
    if (reading !== null && photos.length + reading.known.length === 0) void addStations(reading)
    else void send(withCorrections(chosen, corrections()))
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
            names={<MisspeltNames names={misspelt()} corrections={corrections()} busy={busy()} onCorrect={correct} />}
            onLabelling={(chosen) => {
              labelling = chosen
              void makePlan(found())
            }}
            onSend={() => start(p())}
            onCancel={() => setPlan(null)}
          />
        )}
      </Match>
      <Match when={upload()}>{(now) => <UploadProgress upload={now()} onMore={forget} />}</Match>
    </Switch>
  )
}
