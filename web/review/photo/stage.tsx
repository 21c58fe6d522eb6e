// The photo of the review with its tools: animal or whole photo, zoom, brightness, boxes, and a known photo to compare
// with.

import { createMemo, type JSX, Show } from 'solid-js'
import type { DetectionDetail } from '../../../api/contract/media.ts'
import {
  Columns2,
  Maximize,
  Maximize2,
  ScanSearch,
  SquareDashed,
  SquarePen,
  Trash2,
  ZoomIn,
  ZoomOut,
} from '../../icons/icons.ts'
import { KeyHint } from '../../keys/key-hint.tsx'
import { titleOf } from '../../keys/use-actions.ts'
import { cameraTime } from '../../parts/format.ts'
import { boxesOf } from '../../parts/photo/boxes.ts'
import { Tool } from '../../parts/tool.tsx'
import { mayAs } from '../../person/person.ts'
import { BoxEditor } from './box-editor.tsx'
import type { BoxWork } from './boxing.ts'
import { LightMenu } from './light-menu.tsx'
import { PhotoAnimals } from './photo-animals.tsx'
import { PhotoView } from './photo-view.tsx'
import type { PhotoControls } from './view-acts.ts'
import './stage.css'

export function Stage(props: {
  detection: DetectionDetail
  zoomed: boolean
  onZoom: (zoomed: boolean) => void
  comparing: boolean
  onCompare: () => void
  canCompare: boolean
  compared: JSX.Element
  onPick: (detectionId: string) => void
  boxing: BoxWork
  controls: (controls: PhotoControls) => void
  strip: JSX.Element
}): JSX.Element {
  const media = () => props.detection.media
  const boxes = createMemo(() => boxesOf(media().detections))
  let controls: PhotoControls | undefined
  return (
    <section class="stage" aria-label="Photo">
      <div class="stage-frames" classList={{ comparing: props.comparing }}>
        <div class="stage-frame">
          <PhotoView
            media={media()}
            boxes={boxes()}
            focus={props.detection.id}
            zoomed={props.zoomed && props.boxing.work() === null}
            onPick={(id) => (id === props.detection.id ? props.onZoom(!props.zoomed) : props.onPick(id))}
            controls={(made) => {
              controls = made
              props.controls(made)
            }}
            editor={
              props.boxing.work() === null
                ? undefined
                : (placed) => (
                    <BoxEditor
                      placed={placed()}
                      start={props.boxing.work() === 'change' ? props.detection.bbox : null}
                      onKeep={props.boxing.keep}
                      onLeave={props.boxing.leave}
                    />
                  )
            }
          />
        </div>
        <Show when={props.comparing}>{props.compared}</Show>
      </div>
      <footer class="stage-foot">
        <div class="stage-tools">
          <fieldset class="segments" aria-label="View">
            <button type="button" aria-pressed={props.zoomed} onClick={() => props.onZoom(true)}>
              <ScanSearch size={15} /> Animal
            </button>
            <button type="button" aria-pressed={!props.zoomed} onClick={() => props.onZoom(false)}>
              <Maximize size={15} /> Photo <KeyHint action="wholePhoto" />
            </button>
          </fieldset>
          <button
            type="button"
            class="button quiet tool"
            title={titleOf('compare')}
            aria-pressed={props.comparing}
            disabled={!props.canCompare}
            onClick={() => props.onCompare()}
          >
            <Columns2 size={16} /> Compare <KeyHint action="compare" />
          </button>
          <span class="stage-tool-group">
            <Tool name="zoomIn" icon={<ZoomIn size={16} />} onAct={() => controls?.closer()} />
            <Tool name="zoomOut" icon={<ZoomOut size={16} />} onAct={() => controls?.farther()} />
            <Tool name="asTaken" icon={<Maximize2 size={16} />} onAct={() => controls?.reset()} />
            <LightMenu />
          </span>
          <Show when={mayAs('reviewer')}>
            <span class="stage-tool-group">
              <Tool
                name="drawBox"
                icon={<SquareDashed size={16} />}
                onAct={props.boxing.draw}
                pressed={props.boxing.work() === 'draw'}
              />
              <Show when={props.boxing.hasBox()}>
                <Tool
                  name="changeBox"
                  icon={<SquarePen size={16} />}
                  onAct={props.boxing.change}
                  pressed={props.boxing.work() === 'change'}
                />
                <Tool name="deleteBox" icon={<Trash2 size={16} />} onAct={props.boxing.remove} />
              </Show>
            </span>
          </Show>
        </div>
        <PhotoAnimals detection={props.detection} onPick={props.onPick} />
        {props.strip}
        <p class="stage-facts">
          <a href={`/photos/${media().id}`} title={media().filename}>
            {media().filename.split('/').at(-1)}
          </a>
          <Show when={media().capturedAt}>{(raw) => <span>{cameraTime(raw())}</span>}</Show>
          <Show when={media().deployment}>{(name) => <span>{name().replaceAll('_', ' ')}</span>}</Show>
          <Show when={props.detection.source === 'wholePhoto'}>
            <span class="chip ochre">no animal found, so the whole photo is used</span>
          </Show>
        </p>
      </footer>
    </section>
  )
}

/** A placeholder of the same shape while the photo loads. */
export function StageSkeleton(): JSX.Element {
  return (
    <section class="stage">
      <div class="stage-frames" />
    </section>
  )
}
