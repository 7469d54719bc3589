import './node-version.mjs';
import './end-with-npm.mjs';
import { chromium } from './chromium.mjs';
import { clientBuild } from './client-build.mjs';
import { dependencies } from './dependencies.mjs';
import { inRoot } from './paths.mjs';
import { runMain, runSteps } from './progress.mjs';
import { runTypeScript } from './run-typescript.mjs';
import { sfuWorker } from './sfu-worker.mjs';

// npm run bench: the set-up of the tests, then the measurements.
await runMain(() => runSteps([dependencies({ development: true }), sfuWorker(), clientBuild(), chromium()]));
await runTypeScript(inRoot('tests', 'bench', 'main.ts'), process.argv.slice(2));
