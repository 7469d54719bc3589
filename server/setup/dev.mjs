import './node-version.mjs';
import './end-with-npm.mjs';
import { spawn } from 'node:child_process';
import { exitOf } from './child.mjs';
import { dependencies } from './dependencies.mjs';
import { inRoot, root } from './paths.mjs';
import { runMain, runSteps } from './progress.mjs';
import { sfuWorker } from './sfu-worker.mjs';

// npm run dev: the hub, restarted on each change of its sources, behind Vite, which serves the client unbuilt.
await runMain(() => runSteps([dependencies({ development: true }), sfuWorker()]));

const hubPort = process.env.PORT || '3000';
const vitePort = process.env.VITE_PORT || '5173';
const env = {
  ...process.env,
  PORT: hubPort,
  PUBLIC_URL: process.env.PUBLIC_URL || `http://127.0.0.1:${vitePort}`,
  HUB_DEV_TARGET: `http://127.0.0.1:${hubPort}`,
};
const start = (...args) => spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env });

const hub = start(inRoot('node_modules', 'tsx', 'dist', 'cli.mjs'), 'watch', '--clear-screen=false', 'server/main.ts');
const vite = start(
  inRoot('node_modules', 'vite', 'bin', 'vite.js'),
  ...['--config', 'client/vite.config.ts', '--host', '127.0.0.1', '--port', vitePort, '--strictPort'],
);

// Where one ends, the other has no use.
const ends = [exitOf(hub).finally(() => vite.kill('SIGTERM')), exitOf(vite).finally(() => hub.kill('SIGTERM'))];
process.exitCode = await Promise.race(ends);
