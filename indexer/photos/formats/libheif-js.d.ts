// The part of libheif-js that heic-worker.ts uses; the package's own types describe the generated code only.

declare module 'libheif-js/wasm-bundle.js' {
  type HeifImage = {
    is_primary(): boolean
    get_width(): number
    get_height(): number
    /** Fills `data` with RGBA; calls back with null where the picture cannot be decoded. */
    display(
      picture: { data: Uint8ClampedArray; width: number; height: number },
      done: (shown: { data: Uint8ClampedArray } | null) => void,
    ): void
  }
  const libheif: { HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[] } }
  export default libheif
}
