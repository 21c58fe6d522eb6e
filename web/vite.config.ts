// Builds the page: `vite build web` writes web/dist, which the api serves. In development `vite web` passes /api on to a
// service running at its default address.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

const service = 'http://127.0.0.1:3000'
const icons = fileURLToPath(new URL('../node_modules/lucide-solid/dist/esm/lucide-solid.mjs', import.meta.url))

export default defineConfig({
  plugins: [solid()],
  // Its already compiled form: the default is 1,700 sources that the Solid compiler would go through for 40 icons.
  resolve: { alias: [{ find: /^lucide-solid$/, replacement: icons }] },
  build: {
    target: 'es2022',
    // A data: font or image would need a wider content security policy than 'self'.
    assetsInlineLimit: 0,
    // The polyfill is an inline script, which the same policy forbids; every browser meant here preloads modules itself.
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': { target: service, changeOrigin: true } } },
})
