// Files laid into a folder, and brought into a service as `npm run import` brings them.

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createImportClient } from '../../api/commands/import/client.ts'
import { planExchange } from '../../api/commands/import/exchange-plan.ts'
import { planImport } from '../../api/commands/import/plan.ts'
import { runImport } from '../../api/commands/import/run.ts'
import { newDeployment } from '../../api/interchange/exchange/new-deployment.ts'
import type { TestService } from './service.ts'

export async function lay(root: string, files: Record<string, string | Uint8Array>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
  return root
}

export async function bringPath(service: TestService, path: string) {
  const client = createImportClient(async (way, init) => await service.app.request(way, init))
  const options = {
    labelling: 'guess' as const,
    ignoreBoxes: false,
    outside: false,
    splits: [],
    factsOfFolders: client.factsOfFolders,
  }
  const plan = await planExchange(path, { ...options, client })
  for (const deployment of plan?.found.deployments ?? []) await client.addDeployment(newDeployment(deployment))
  const progress = { update() {}, stop() {} }
  const result = await runImport(
    client,
    plan ?? (await planImport(path, { ...options, templates: await client.templates(), known: client.known })),
    progress,
    new AbortController().signal,
  )
  await service.learning.sync()
  return { plan, result }
}

/** A plan with its photos, and what it leaves out, in lists. */
export async function planListed(...wanted: Parameters<typeof planImport>) {
  const plan = await planImport(...wanted)
  return { ...plan, photos: [...plan.photos], leftOut: [...(plan.leftOut ?? [])] }
}
