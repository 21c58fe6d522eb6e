// Builds the page: `vite build web` writes web/dist, which the API serves. In development `vite web` forwards /api to a
// service at its default address.

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
    // The polyfill is an inline script, which the same policy forbids. All supported browsers preload modules
    // themselves.
    modulePreload: { polyfill: false },
    // On a slow machine this would warn about the time that the Solid compiler takes.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  server: { proxy: { '/api': { target: service, changeOrigin: true } } },
})
