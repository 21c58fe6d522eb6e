// Facts about a photo other than its animals.

import type { JSX } from 'solid-js'
import type { Media } from '../../api/contract/media.ts'
import { FactList } from '../parts/fact-list.tsx'
import { bytesText, cameraTime, when } from '../parts/format.ts'
import './photo-facts.css'

function facts(media: Media): [name: string, value: string | null][] {
  const { latitude, longitude, width, height } = media
  return [
    ['Captured', media.capturedAt === null ? null : `${cameraTime(media.capturedAt)} (camera clock)`],
    ['Place', latitude === null || longitude === null ? null : `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`],
    ['Deployment', media.deployment],
    ['Group', media.group],
    [
      'Size',
      width === null || height === null ? bytesText(media.bytes) : `${width} × ${height}, ${bytesText(media.bytes)}`,
    ],
    ['File', media.filename],
    ['Added', when(media.createdAt)],
    ['SHA-256', media.sha256],
  ]
}

export function PhotoFacts(props: { media: Media }): JSX.Element {
  const known = () => facts(props.media).filter((fact): fact is [string, string] => fact[1] !== null)
  return (
    <dl class="photo-facts">
      <FactList facts={known()} />
    </dl>
  )
}
