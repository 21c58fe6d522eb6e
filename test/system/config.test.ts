import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { ConfigError, readConfig } from '../../api/config.ts'

const faults = (env: Record<string, string>) => {
  try {
    readConfig(env)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.message
  }
  return ''
}

test('an empty environment is a complete configuration', () => {
  const config = readConfig({})
  assert.equal(config.host, '127.0.0.1')
  assert.equal(config.port, 3000)
  assert.equal(config.dataDir, resolve('data'))
  assert.equal(config.databaseUrl, `file:${resolve('data/database')}`)
  assert.equal(config.apiToken, null)
  assert.equal(config.queueUrl, null)
  assert.ok(config.threads >= 1)
})

test('an empty variable is one that is not set', () => {
  assert.deepEqual(readConfig({ PORT: '', API_TOKEN: '', DATABASE_URL: '', THREADS: '' }), readConfig({}))
})

test('all faults are told at once, in sentences that name the variable and what came', () => {
  const message = faults({ PORT: 'abc', THREADS: '0', DEVICE: 'tpu', DATABASE_URL: 'mysql://x/y' })
  assert.match(message, /Expected a number for PORT but received "abc"\./)
  assert.match(message, /Expected at least 1 for THREADS but received "0"\./)
  assert.match(message, /Expected one of cpu, cuda for DEVICE but received "tpu"\./)
  assert.match(message, /Expected an address like postgres:\/\/\S+ for DATABASE_URL but received "mysql:\/\/x\/y"\./)
  assert.equal(message.split('\n').length, 4)
})

test('listening for other machines needs a token', () => {
  // Other machines reach it, so people sign in: nothing else has to be set.
  assert.equal(readConfig({ HOST: '192.168.1.5' }).apiToken, null)
  assert.equal(readConfig({ HOST: '0.0.0.0', API_TOKEN: 'long enough' }).host, '0.0.0.0')
  for (const HOST of ['localhost', '::1', '127.0.0.1']) assert.equal(readConfig({ HOST }).host, HOST)
})

test('a shared queue needs a shared database', () => {
  assert.match(faults({ QUEUE_URL: 'redis://localhost' }), /Expected DATABASE_URL to be set when QUEUE_URL is/)
  const config = readConfig({ QUEUE_URL: 'redis://localhost', DATABASE_URL: 'postgres://clavis@localhost/clavis' })
  assert.equal(config.queueUrl, 'redis://localhost')
  assert.equal(config.databaseUrl, 'postgres://clavis@localhost/clavis')
})

test('photos are kept in a bucket under a prefix where one is named', () => {
  assert.equal(readConfig({}).bucket, null)
  assert.deepEqual(readConfig({ PHOTOS_URL: 's3://camera-traps' }).bucket, {
    name: 'camera-traps',
    prefix: '',
    endpoint: null,
    region: 'us-east-1',
  })
  const elsewhere = { PHOTOS_URL: 's3://traps/2026/north', S3_ENDPOINT: 'http://nas:9000', AWS_REGION: 'eu-1' }
  assert.deepEqual(readConfig(elsewhere).bucket, {
    name: 'traps',
    prefix: '2026/north/',
    endpoint: 'http://nas:9000',
    region: 'eu-1',
  })
  assert.match(faults({ PHOTOS_URL: '/mnt/photos' }), /for PHOTOS_URL but received "\/mnt\/photos"/)
  assert.match(faults({ S3_ENDPOINT: 'http://nas:9000' }), /Expected PHOTOS_URL to be set when S3_ENDPOINT is/)
})
