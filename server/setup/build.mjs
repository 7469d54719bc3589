import './node-version.mjs';
import { clientBuild } from './client-build.mjs';
import { dependencies } from './dependencies.mjs';
import { runMain, runSteps } from './progress.mjs';
import { sfuWorker } from './sfu-worker.mjs';

// npm run build: everything that npm start would make, and the client anew.
await runMain(() => runSteps([dependencies(), sfuWorker(), clientBuild({ always: true })]));
