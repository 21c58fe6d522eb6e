// Adding a model file: it is sent, tried, and listed; what does not fit is refused with a sentence.

import { createSignal, type JSX, Show } from 'solid-js'
import type { AddedModel } from '../../api/contract/models/model.ts'
import { Upload } from '../icons/icons.ts'
import { Callout } from '../parts/callout.tsx'
import { Field, Form, FormError } from '../parts/form/form.tsx'
import { sentenceOf } from '../server/client.ts'
import { sendModel } from '../server/models/models.ts'
import { ProgressBar } from '../upload/progress-bar.tsx'
import './add-model.css'

export function AddModel(): JSX.Element {
  const [files, setFiles] = createSignal<readonly File[]>([])
  const [fields, setFields] = createSignal({ name: '', licence: '', source: '' })
  const [progress, setProgress] = createSignal<{ sent: number; total: number } | null>(null)
  const [fault, setFault] = createSignal<string | null>(null)
  const [added, setAdded] = createSignal<AddedModel | null>(null)
  let input: HTMLInputElement | undefined
  const field = (key: 'name' | 'licence' | 'source') => (
    <input
      class="input"
      value={fields()[key]}
      onInput={(event) => setFields({ ...fields(), [key]: event.currentTarget.value })}
    />
  )
  const send = async () => {
    setFault(null)
    setAdded(null)
    setProgress({ sent: 0, total: 1 })
    try {
      setAdded(await sendModel({ files: files(), ...fields() }, (sent, total) => setProgress({ sent, total })))
      setFiles([])
      setFields({ name: '', licence: '', source: '' })
      if (input !== undefined) input.value = ''
    } catch (error) {
      setFault(sentenceOf(error))
    }
    setProgress(null)
  }
  return (
    <section class="part" aria-label="Add a file">
      <h2>Add a file</h2>
      <p class="remark">
        Any YOLOv5 export as ONNX (n to x, P6, any classes, MegaDetector v5) becomes a detector, a network with one
        vector per picture an embedder. Choose a second file with weights together with the first.
      </p>
      <Form panel onSubmit={send}>
        <Field label="ONNX file">
          <input
            ref={input}
            class="add-model-files"
            type="file"
            multiple
            onChange={(event) => setFiles([...(event.currentTarget.files ?? [])])}
          />
        </Field>
        <div class="add-model-fields">
          <Field label="Name" hint="Left empty: the file’s.">
            {field('name')}
          </Field>
          <Field label="Licence">{field('licence')}</Field>
          <Field label="Source" hint="Where it comes from.">
            {field('source')}
          </Field>
        </div>
        <FormError text={fault()} />
        <Show when={progress()}>
          {(now) => (
            <div role="status">
              <ProgressBar label="Sending the file" total={now().total} done={now().sent} sent={now().sent} />
              <p class="remark">{now().sent < now().total ? 'Sending…' : 'Trying it…'}</p>
            </div>
          )}
        </Show>
        <Show when={added()}>{(one) => <Callout tone="leaf">{wordsOf(one())}</Callout>}</Show>
        <div>
          <button type="submit" class="button primary" disabled={files().length === 0 || progress() !== null}>
            <Upload size={16} /> Add
          </button>
        </div>
      </Form>
    </section>
  )
}

function wordsOf({ name, kind, classes, guessed }: AddedModel): string {
  const known = classes
    .slice(0, 12)
    .map((one) => (one.name === one.kind ? one.name : `${one.name} (${one.kind})`))
    .join(', ')
  const more = classes.length > 12 ? ` and ${classes.length - 12} more` : ''
  const whence = guessed ? 'The file does not name its classes; these were guessed' : 'The file names its classes'
  return `${name} was added as a ${kind === 'detector' ? 'detector' : 'net that embeds'}.${classes.length > 0 ? ` ${whence}: ${known}${more}.` : ''}`
}
