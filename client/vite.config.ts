import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run dev` has the hub; Vite serves the client and hands everything else on. */
const hub = process.env.HUB_DEV_TARGET ?? 'http://127.0.0.1:3000';
const handedOn = [
  '/api',
  '/dicom-web',
  '/fhir',
  '/verify',
  '/docs',
  '/openapi.json',
  '/healthz',
  '/readyz',
  '/metrics',
];

export default defineConfig({
  root: folder('.'),
  plugins: [react()],
  // Modules with their hash in the name, workers and WASM as files: the page's CSP allows nothing inline.
  worker: { format: 'es' },
  build: {
    outDir: folder('../dist/client'),
    emptyOutDir: true,
    // Old clinic PCs: Windows 7 ends at Chrome 109, and the browsers common in China follow Chromium 94 and later.
    target: ['chrome94', 'edge94', 'firefox100', 'safari15.4'],
    assetsInlineLimit: 0,
    // One small sheet: the style of a lazy part that a cut kept away would not be fetched a second time.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        // What every first page needs comes in few files: on a weak line each one costs a round trip.
        codeSplitting: {
          groups: [
            {
              name: 'react',
              test: /node_modules[\\/](react|react-dom|scheduler|react-router|i18next|react-i18next)[\\/]/,
            },
            {
              name: 'ui',
              test: /client[\\/](ui|connection[\\/](http|refusal|retry-delay|server-clock|random-id|load-code|observable))/,
            },
          ],
        },
      },
    },
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The lazy viewer and the UI library are each over Vite's default of 500 kB before compression.
    chunkSizeWarningLimit: 2_000,
  },
  server: {
    // The Host stays Vite's own, so that the hub's check of the Origin holds.
    proxy: {
      ...Object.fromEntries(handedOn.map((path) => [path, { target: hub, changeOrigin: false }])),
      '/socket.io': { target: hub, changeOrigin: false, ws: true },
    },
  },
});
