// A process that takes a photo from the queue and never ends with it. In: BullMQ options as JSON. Out: a message once it has one.

import { openBullQueue } from '../../indexer/queue/bullmq.ts'

const queue = await openBullQueue({
  ...JSON.parse(process.argv[2] ?? '{}'),
  next: async () => [1],
  count: async () => 1,
})
await queue.start(
  async () => {
    process.send?.('taken')
    await new Promise(() => {})
  },
  { concurrency: 1 },
)
