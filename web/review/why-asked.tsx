// Why this animal is among those to identify next.

import { type JSX, Show } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import { CircleHelp } from '../icons/icons.ts'
import { Callout } from '../parts/callout.tsx'
import { counted } from '../parts/format.ts'

type Question = NonNullable<Detection['question']>

function reasonFor({ why, alike }: Question): string {
  const others = alike - 1
  if (why === 'typical')
    return others > 0
      ? `Typical of ${counted(alike, 'animal')} that look alike. None of them is identified yet.`
      : 'Nothing like it is identified yet.'
  if (why === 'unsure') return 'The tree hesitates here, so your answer teaches it most.'
  if (why === 'new') return 'It may be a taxon that the tree does not know yet.'
  return 'Drawn at random. Such animals show how good the suggestions for the others are.'
}

export function WhyAsked(props: { detection: Detection }): JSX.Element {
  const question = () => (props.detection.taxon === null && !props.detection.setAside ? props.detection.question : null)
  return (
    <Show when={question()}>
      {(asked) => (
        <Callout tone="plain" icon={<CircleHelp size={16} aria-hidden="true" />}>
          {reasonFor(asked())}
        </Callout>
      )}
    </Show>
  )
}
