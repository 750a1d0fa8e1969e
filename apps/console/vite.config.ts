import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** `npm run dev` shows the console on a running server; `dev/fake-server.mjs` can stand in for it. */
export default defineConfig({
  base: '/',
  plugins: [react()],
  server: { proxy: { '/api': 'http://127.0.0.1:7080' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // A data: URL would need a wider content security policy than 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
