// Builds the page: `vite build web` writes web/dist, which the api serves. In development `vite web` passes /api on to a
// service running at its default address.

import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'
import { lucide } from './icons/lucide.ts'

const service = 'http://127.0.0.1:3000'

export default defineConfig({
  plugins: [lucide(), solid()],
  build: {
    target: 'es2022',
    // A data: font or image would need a wider content security policy than 'self'.
    assetsInlineLimit: 0,
    // The polyfill is an inline script, which the same policy forbids; every browser meant here preloads modules itself.
    modulePreload: { polyfill: false },
    // On a slow machine it warns how long the Solid compiler took.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  server: { proxy: { '/api': { target: service, changeOrigin: true } } },
})
