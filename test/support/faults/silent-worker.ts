// A process that takes a photo from the queue, says so, and never finishes it. Argument: the options of BullMQ as JSON.

import { openBullQueue } from '../../../indexer/queue/bullmq.ts'

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
