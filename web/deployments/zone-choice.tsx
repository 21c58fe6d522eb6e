// The zone in which the cameras' clocks are read: sun time needs it, and tables whose times carry a zone.

import { useQuery } from '@tanstack/solid-query'
import { type JSX, Show } from 'solid-js'
import { Choice } from '../parts/form/choice.tsx'
import { notifyFailure } from '../parts/notices.tsx'
import { refetchDeployments, setTimeZone, timeZone } from '../server/deployments.ts'
import { dataOf } from '../server/query-client.ts'

const zones = Intl.supportedValuesOf('timeZone').map((name) => ({ value: name, text: name.replaceAll('_', ' ') }))

export function ZoneChoice(): JSX.Element {
  const zone = useQuery(timeZone)
  const choose = async (value: string) => {
    try {
      await setTimeZone(value === '' ? null : value)
    } catch (error) {
      notifyFailure('The zone could not be set', error)
    }
    refetchDeployments()
  }
  return (
    <Show when={dataOf(zone)}>
      {(now) => (
        <Choice
          label="Zone of the cameras’ clocks"
          any="Not known"
          value={now().timeZone ?? undefined}
          options={zones}
          onChange={(value) => void choose(value)}
        />
      )}
    </Show>
  )
}
