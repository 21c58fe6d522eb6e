// The buttons that mark an animal or its whole photo instead of naming it.

import { For, type JSX } from 'solid-js'
import { Car, CircleHelp, Flag, ImageOff, Leaf, User } from '../icons/icons.ts'
import { Tool } from './tool.tsx'

const MARKS = [
  { name: 'unknown', icon: CircleHelp, text: 'Unknown' },
  { name: 'notAnimal', icon: Leaf, text: 'No animal' },
  { name: 'person', icon: User, text: 'Person' },
  { name: 'vehicle', icon: Car, text: 'Vehicle' },
  { name: 'empty', icon: ImageOff, text: 'Empty' },
  { name: 'flag', icon: Flag, text: 'Flag' },
] as const

type MarkTool = (typeof MARKS)[number]['name']

export function MarkTools(props: {
  words: (text: string) => JSX.Element
  pressed?: Record<MarkTool, boolean>
  disabled?: boolean
  does: Record<MarkTool, () => void>
}): JSX.Element {
  return (
    <For each={MARKS}>
      {(mark) => (
        <Tool
          name={mark.name}
          icon={<mark.icon size={15} />}
          words={props.words(mark.text)}
          pressed={props.pressed?.[mark.name]}
          disabled={props.disabled === true}
          onAct={() => props.does[mark.name]()}
        />
      )}
    </For>
  )
}
