// Runs test files compiled: node test/support/compiled/run.mjs [options of node --test] FILES
// Node's own runner does everything but the compiling, and names sources in what it reports. The exit code is its own.

import { spawn } from 'node:child_process'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileTests } from './compile.mjs'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

const compiledAt = await compileTests()
// Options, and compiled files that a report named, pass as they are.
const args = process.argv.slice(2).map((arg) => (arg.endsWith('.ts') ? compiledAt(relative(ROOT, resolve(arg))) : arg))
const runner = spawn(process.execPath, ['--enable-source-maps', '--test', ...args], { stdio: 'inherit' })
runner.once('exit', (code) => process.exit(code ?? 1))
process.on('SIGTERM', () => runner.kill('SIGTERM'))
