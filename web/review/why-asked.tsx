// Why this animal is among those to identify next.

import { type JSX, Show } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import { CircleHelp } from '../icons/icons.ts'
import { Callout } from '../parts/callout.tsx'
import { counted } from '../parts/format.ts'

type Question = NonNullable<Detection['question']>
type ResultsQuestion = NonNullable<Detection['resultsQuestion']>

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

function resultsReason({ records }: ResultsQuestion): string {
  const what = 'whether what is suggested was recorded at this station in this week'
  return records === 1
    ? `It alone decides ${what}.`
    : `Nobody has confirmed ${what}. Of ${counted(records, 'burst')} that may show it, this one is the surest.`
}

/** From here on nobody calls it hesitating. */
const SURE = 0.9

export function WhyAsked(props: { detection: Detection }): JSX.Element {
  const waits = () => props.detection.taxon === null && !props.detection.setAside
  /** The order of questions is older than the answer, which may have become sure since. */
  const isSettled = () =>
    props.detection.question?.why === 'unsure' && (props.detection.suggestion?.probability ?? 0) >= SURE
  return (
    <Show when={waits()}>
      <Show when={!isSettled() && props.detection.question}>{(asked) => <Why text={reasonFor(asked())} />}</Show>
      <Show when={props.detection.resultsQuestion}>{(asked) => <Why text={resultsReason(asked())} />}</Show>
    </Show>
  )
}

const Why = (props: { text: string }): JSX.Element => (
  <Callout tone="plain" icon={<CircleHelp size={16} aria-hidden="true" />}>
    {props.text}
  </Callout>
)
