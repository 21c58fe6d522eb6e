// What people who mean harm, and kills, can do: strange requests, strangers who send slowly, much or half, and an api
// that is killed again and again while people, keys and the audit change.

import { UsageError } from '../../../api/commands/usage.ts'
import { attackFields } from '../../support/hostile/every-field.ts'
import { fuzz } from '../../support/hostile/fuzz.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { removeAll } from '../../support/processes.ts'
import { makeTaxa, openTestService } from '../../support/service.ts'
import { readOptions, reportMeasured } from '../measuring.ts'
import { killAgain } from './kills.ts'
import { meetStrangers } from './strangers.ts'

export const BENCH_HOSTILE_HELP = `npm run bench -- hostile [--requests N] [--strangers N] [--seconds N] [--kills N] [--json FILE]

Sends N (20,000) requests made from the OpenAPI document, one value of each replaced by NUL, half a surrogate, right-to-left text, 1 MB and
the like; lets N (200) strangers send slowly, much and half for some seconds (15) while somebody inside works; kills the service N (60)
times at random moments while people, keys and the audit change. 0 leaves a part out. On the database of TEST_DATABASE_URL, else embedded.
The exit code is 1 where a request failed, or something acknowledged was lost.
`

export async function benchHostile(args: string[]): Promise<number> {
  const values = readOptions(args, {
    requests: '20000',
    strangers: '200',
    seconds: '15',
    kills: '60',
    json: undefined,
  })
  const wanted = [values.requests, values.strangers, values.seconds, values.kills].map(Number)
  if (!wanted.every((number) => Number.isInteger(number) && number >= 0)) throw new UsageError(BENCH_HOSTILE_HELP)
  const [requests = 0, strangers = 0, seconds = 0, kills = 0] = wanted
  try {
    const sent = requests === 0 ? {} : await sendStrange(requests)
    const met = strangers === 0 ? {} : await meetStrangers(strangers, seconds)
    const killed = kills === 0 ? {} : await killAgain(kills)
    const measured = { ...sent, ...met, ...killed }
    await reportMeasured('Hostile requests, strangers and kills', measured, values.json)
    const faults = { failed: 0, lost: 0, 'without audit': 0, ...measured }
    return faults.failed + faults.lost + faults['without audit'] > 0 ? 1 : 0
  } finally {
    await removeAll()
  }
}

async function sendStrange(requests: number) {
  // The log says why a request failed; its lines carry the id that the answer carries.
  const service = await openTestService({ logLevel: 'error' })
  try {
    const taxa = await makeTaxa(service, ['Danaus plexippus', 'Danaus chrysippus'])
    const photos = await Promise.all([COLOURS.red, COLOURS.blue].map((colour) => drawAnimal(colour)))
    await service.bring(photos, { taxonId: taxa['Danaus plexippus']!, deployment: 'Hill' })
    const { sent, statuses, failures } = await fuzz(service, { requests, seed: 11, largeEvery: 50 })
    const every = await attackFields(service, { seed: 5 })
    const failed = [...failures, ...every.failures]
    for (const { request, status, detail } of failed) console.error(`${status} ${request}\n  ${detail}`)
    const told = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
    return {
      requests: sent,
      answers: told.join(', '),
      'string fields': every.fields,
      'requests to them': every.sent,
      failed: failed.length,
    }
  } finally {
    await service.close()
  }
}
