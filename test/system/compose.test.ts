// Dockerfile and compose.yaml name only settings, stages and files that exist. Only Docker can show that they build and
// run.

import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'
import { settingsSchema } from '../../api/config.ts'

const VARIABLES = Object.keys(settingsSchema.shape)
const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const serviceSchema = z.object({
  image: z.string(),
  build: z.object({ target: z.string() }).optional(),
  user: z.string(),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  tmpfs: z.array(z.string()).min(1),
  volumes: z.array(z.string()).default([]),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }),
  depends_on: z.record(z.string(), z.object({ condition: z.literal('service_healthy') })).default({}),
})
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
})
const text = await readFile(at('compose.yaml'), 'utf8')
const compose = composeSchema.parse(parse(text, { merge: true }))
const dockerfile = await readFile(at('Dockerfile'), 'utf8')
const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, name]) => name!)

test('every service runs without root, on a file system that it cannot write to, and says how it is', () => {
  assert.deepEqual(Object.keys(compose.services), ['database', 'queue', 'api', 'worker', 'worker-cuda'])
  for (const [name, { user, image, volumes, depends_on }] of Object.entries(compose.services)) {
    assert.ok(!/^(root|0)/.test(user), name)
    // No host stands before the first slash: people with a registry of their own configure Docker.
    assert.ok(!image.includes('/') || !/[.:]/.test(image.split('/')[0]!), image)
    for (const volume of volumes) assert.ok(volume.split(':')[0]! in compose.volumes, volume)
    for (const other of Object.keys(depends_on)) assert.ok(other in compose.services, other)
  }
})

test('the program knows every setting that it is given, and the targets are there', () => {
  const ours = Object.entries(compose.services).filter(([, { build }]) => build)
  assert.equal(ours.length, 3)
  for (const [name, { build, environment, command }] of ours) {
    for (const variable of Object.keys(environment)) assert.ok(VARIABLES.includes(variable), `${name}: ${variable}`)
    assert.ok(stages.includes(build!.target), build!.target)
    assert.ok(command === undefined || command.join(' ') === 'node --import tsx api/main.ts work')
  }
  const told = [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line]) => line!.split(' '))
  for (const variable of told.map((one) => one.split('=')[0]!))
    assert.ok(variable === 'NODE_ENV' || VARIABLES.includes(variable), variable)
})

test('what the image is made of is there, and is let through', async () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, line]) => line!.split(' '))
  assert.ok(copied.includes('api') && copied.includes('package-lock.json'))
  const allowed = (await readFile(at('.dockerignore'), 'utf8')).split('\n')
  for (const path of copied) {
    await stat(at(path))
    assert.ok(allowed.includes(`!${path}`), path)
  }
  for (const [, name] of dockerfile.matchAll(/--from=(\S+)/g)) assert.ok(stages.includes(name!), name)
  assert.equal(stages.at(-1), 'cpu', 'the last stage is the default')
  for (const stage of ['cpu', 'cuda']) {
    const lines = dockerfile.slice(dockerfile.indexOf(` AS ${stage}\n`)).split('\nFROM ')[0]!
    assert.match(lines, /^USER 1000:1000$/m)
    assert.match(lines, /^CMD \["node", "--import", "tsx", "api\/main\.ts", "serve"\]$/m)
  }
})
