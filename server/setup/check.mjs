import './node-version.mjs';
import { runChild } from './child.mjs';
import { dependencies } from './dependencies.mjs';
import { inRoot } from './paths.mjs';
import { runMain, runSteps, SetupFailure } from './progress.mjs';

// npm run check: types, lint, format. All three speak before it fails.
const checks = [
  {
    name: 'tsc',
    args: [inRoot('node_modules', 'typescript', 'bin', 'tsc'), '-p', inRoot('tsconfig.json'), '--noEmit'],
  },
  { name: 'eslint', args: [inRoot('node_modules', 'eslint', 'bin', 'eslint.js'), '.'] },
  { name: 'prettier', args: [inRoot('node_modules', 'prettier', 'bin', 'prettier.cjs'), '--check', '.'] },
];

await runMain(async () => {
  await runSteps([dependencies({ development: true })]);
  const failed = [];
  for (const { name, args } of checks) {
    process.stderr.write(`— ${name}\n`);
    if ((await runChild(process.execPath, args, { stdio: 'inherit' })) !== 0) failed.push(name);
  }
  if (failed.length > 0) throw new SetupFailure(`Failed: ${failed.join(', ')}`);
});
