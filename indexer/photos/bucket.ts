// Photos in a bucket of an S3-compatible server, which answers a put once it has the whole object, so that no object is
// ever half written. Only this file imports the S3 client. The client finds its credentials in the usual places:
// environment variables, a profile, the role of the machine.

import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { StorageError } from '../errors.ts'
import { cropName, KINDS, photoName, scaledName } from './file-names.ts'
import type { Bucket, Photos } from './photos.ts'
import { WIDTHS } from './scale.ts'

const CONNECT_MS = 5000
const REQUEST_MS = 60_000
/** Objects that are removed at the same time. */
const AT_ONCE = 16

/** Checks that the bucket exists and may be used. Throws StorageError. */
export async function openBucket(bucket: Bucket): Promise<Photos> {
  const { name: Bucket, prefix, endpoint, region } = bucket
  const client = new S3Client({
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS },
    // Not every server knows the newer checksums. The sha256 of the bytes is signed in any case.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const asking = <T>(stage: 'read' | 'store', action: () => Promise<T>) =>
    action().catch((cause: unknown) => {
      throw toStorageError(stage, cause, bucket)
    })
  const keyOf = (name: string) => ({ Bucket, Key: `${prefix}${name}` })

  const put = (name: string, bytes: Uint8Array, type: string) =>
    client.send(new PutObjectCommand({ ...keyOf(name), Body: bytes, ContentType: type }))
  const get = async (name: string): Promise<Buffer> => {
    const { Body } = await client.send(new GetObjectCommand(keyOf(name)))
    if (!Body) throw new Error('the answer has no body')
    return Buffer.from(await Body.transformToByteArray())
  }
  const getIfThere = (name: string) =>
    get(name).catch((error: unknown) => {
      if (isMissing(error)) return null
      throw error
    })
  const remove = (name: string) => client.send(new DeleteObjectCommand(keyOf(name)))
  const sizeOf = async (name: string): Promise<number | null> => {
    try {
      return (await client.send(new HeadObjectCommand(keyOf(name)))).ContentLength ?? null
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }
  const list = (kind: string, most?: number) =>
    client.send(new ListObjectsV2Command({ Bucket, Prefix: `${prefix}${kind}/`, MaxKeys: most }))

  await asking('read', () => client.send(new HeadBucketCommand({ Bucket })))

  return {
    put: (sha256, bytes) =>
      asking('store', async () => {
        const name = photoName(sha256)
        if ((await sizeOf(name)) === bytes.length) return false
        await put(name, bytes, 'application/octet-stream')
        return true
      }),
    get: (sha256) => asking('read', () => get(photoName(sha256))),
    delete: (sha256) =>
      asking('store', async () => {
        await Promise.all([photoName(sha256), ...WIDTHS.map((width) => scaledName(sha256, width))].map(remove))
      }),
    putCrop: (id, jpeg) => asking('store', async () => void (await put(cropName(id), jpeg, 'image/jpeg'))),
    getCrop: (id) => asking('read', () => getIfThere(cropName(id))),
    deleteCrop: (id) => asking('store', async () => void (await remove(cropName(id)))),
    getScaled: (sha256, width) => asking('read', () => getIfThere(scaledName(sha256, width))),
    putScaled: (sha256, width, jpeg) =>
      asking('store', async () => void (await put(scaledName(sha256, width), jpeg, 'image/jpeg'))),
    isEmpty: () =>
      asking('read', async () => {
        for (const kind of ['photos', 'crops']) if ((await list(kind, 1)).Contents?.length) return false
        return true
      }),
    clear: () =>
      asking('store', async () => {
        for (const kind of KINDS)
          for (;;) {
            const keys = ((await list(kind)).Contents ?? []).map(({ Key }) => Key)
            if (keys.length === 0) break
            for (let start = 0; start < keys.length; start += AT_ONCE)
              await Promise.all(
                keys.slice(start, start + AT_ONCE).map((Key) => client.send(new DeleteObjectCommand({ Bucket, Key }))),
              )
          }
      }),
  }
}

/**
 * The object does not exist. The answer to a HEAD has no body that names the error; the client then calls it NotFound.
 */
const isMissing = (error: unknown) =>
  error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound')

const FULL = 507
const REFUSED = [401, 403]

/**
 * Every fault is temporary but a missing object: a server that is down, full or refuses says nothing about the photo.
 */
function toStorageError(stage: 'read' | 'store', cause: unknown, { name, endpoint }: Bucket): StorageError {
  if (cause instanceof S3ServiceException && cause.name === 'NoSuchKey')
    return new StorageError(stage, 'ENOENT', `The file is missing from the bucket ${name}.`, { cause })
  const where = endpoint === null ? 'Amazon S3' : `the S3 server at ${new URL(endpoint).host}`
  const said = cause instanceof Error ? cause.message : String(cause)
  const status = cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined
  const code = cause instanceof Error ? cause.name : 'unknown'
  const sentence =
    code === 'CredentialsProviderError' || (status !== undefined && REFUSED.includes(status))
      ? `The bucket ${name} refuses these credentials (${code}): check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what they may do.`
      : status === 404
        ? `There is no bucket ${name} at ${where}: make it, or correct PHOTOS_URL.`
        : status === FULL
          ? `The bucket ${name} is full. Make room there and try again.`
          : status === undefined
            ? `${where[0]!.toUpperCase()}${where.slice(1)} cannot be reached: ${said || code}.`
            : `The bucket ${name} cannot be used: ${where} answered ${status}, ${said || code}.`
  return new StorageError(stage, code, sentence, { temporary: true, cause })
}
