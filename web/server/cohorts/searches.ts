// Search by examples, or by a photo that is not stored. What is found is a selection, best first.

import { api, bodyOf } from '../client.ts'

export const searchLike = async (like: string[], unlike: string[]): Promise<string> =>
  (await bodyOf(api.searches.$post({ json: { like, unlike, limit: 200 } }))).selection

export async function searchPhoto(photo: File): Promise<string> {
  const type = photo.type.startsWith('image/') ? photo.type : 'application/octet-stream'
  const init = { body: photo, headers: { 'Content-Type': type } }
  return (await bodyOf(api.searches.photo.$post({ query: { limit: '200' } }, { init }))).selection
}
