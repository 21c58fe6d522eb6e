// Brightness and contrast of photos on the screen. The stored photos do not change.

import { Popover } from '@kobalte/core/popover'
import type { JSX } from 'solid-js'
import { Contrast, Sun } from '../../icons/icons.ts'
import type { ActionName } from '../../keys/actions.ts'
import { focusView } from '../../keys/focus.ts'
import { KeyHint } from '../../keys/key-hint.tsx'
import { brightness, contrast, isAsTaken, lightSteps, resetLight, setBrightness, setContrast } from './light.ts'
import './light-menu.css'

export function LightMenu(): JSX.Element {
  return (
    <Popover gutter={8} placement="top">
      <Popover.Trigger class="button quiet tool" aria-pressed={!isAsTaken()}>
        <Sun size={16} /> <span class="unseen">Brightness and contrast</span> <KeyHint action="brighter" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content class="light-menu" onCloseAutoFocus={focusView}>
          <Popover.Title class="unseen">Brightness and contrast</Popover.Title>
          <Slide
            name="Brightness"
            icon={<Sun size={16} />}
            value={brightness()}
            onChange={setBrightness}
            less="darker"
            more="brighter"
          />
          <Slide
            name="Contrast"
            icon={<Contrast size={16} />}
            value={contrast()}
            onChange={setContrast}
            less="lessContrast"
            more="moreContrast"
          />
          <button type="button" class="button" disabled={isAsTaken()} onClick={resetLight}>
            Reset <KeyHint action="asTaken" />
          </button>
        </Popover.Content>
      </Popover.Portal>
    </Popover>
  )
}

function Slide(props: {
  name: string
  icon: JSX.Element
  value: number
  onChange: (value: number) => void
  less: ActionName
  more: ActionName
}): JSX.Element {
  return (
    <label class="light-menu-slide">
      <span>
        {props.icon} {props.name} <KeyHint action={props.less} /> <KeyHint action={props.more} />
      </span>
      <input
        type="range"
        min={lightSteps.least}
        max={lightSteps.most}
        step={lightSteps.step}
        value={props.value}
        onInput={(event) => props.onChange(event.currentTarget.valueAsNumber)}
      />
      <output>{Math.round(props.value * 100)} %</output>
    </label>
  )
}
