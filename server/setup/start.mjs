import './node-version.mjs';
import './end-with-npm.mjs';
import { clientBuild } from './client-build.mjs';
import { dependencies } from './dependencies.mjs';
import { inRoot } from './paths.mjs';
import { runMain, runSteps } from './progress.mjs';
import { runTypeScript } from './run-typescript.mjs';
import { sfuWorker } from './sfu-worker.mjs';

// npm start: every missing set-up step, then the hub.
const args = process.argv.slice(2);
const onlyAsks = args.includes('--help') || args.includes('-h');

await runMain(() => runSteps(onlyAsks ? [dependencies()] : [dependencies(), sfuWorker(), clientBuild()]));
await runTypeScript(inRoot('server', 'main.ts'), args);
