import './node-version.mjs';
import './end-with-npm.mjs';
import { dependencies } from './dependencies.mjs';
import { runMain, runSteps } from './progress.mjs';
import { runTypeScript } from './run-typescript.mjs';
import { inRoot } from './paths.mjs';

// npm run hub | gateway | ecg: the packages, then the program named first; neither the SFU nor the client is needed.
const [program, ...args] = process.argv.slice(2);

await runMain(() => runSteps([dependencies({ development: false })]));
await runTypeScript(inRoot(program), args);
