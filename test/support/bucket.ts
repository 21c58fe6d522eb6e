// New, empty buckets on a real S3-compatible server: the one that TEST_S3_ENDPOINT names, with the usual
// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.

import { randomUUID } from 'node:crypto'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { Bucket } from '../../indexer/photos/photos.ts'

const S3_ENDPOINT = process.env.TEST_S3_ENDPOINT ?? null
const REGION = 'us-east-1'

export async function makeBucket(): Promise<Bucket> {
  if (S3_ENDPOINT === null) throw new Error('Expected TEST_S3_ENDPOINT to name an S3-compatible server')
  const name = `clavis-test-${randomUUID()}`
  const client = new S3Client({ endpoint: S3_ENDPOINT, region: REGION, forcePathStyle: true })
  await client.send(new CreateBucketCommand({ Bucket: name }))
  client.destroy()
  return { name, prefix: 'some/where/', endpoint: S3_ENDPOINT, region: REGION }
}

/** For `skip`. */
export const needsBucket = S3_ENDPOINT === null && 'TEST_S3_ENDPOINT names no S3-compatible server'

export const environmentOf = ({ name, prefix, endpoint, region }: Bucket): Record<string, string> => ({
  PHOTOS_URL: `s3://${name}/${prefix}`,
  S3_ENDPOINT: endpoint ?? '',
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID ?? '',
  AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY ?? '',
})
