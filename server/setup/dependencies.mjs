import { existsSync, readFileSync } from 'node:fs';
import { runChild } from './child.mjs';
import { inRoot } from './paths.mjs';
import { SetupFailure } from './progress.mjs';

/**
 * The packages of package-lock.json, installed with `npm ci` where they are missing or of other versions.
 *
 * @param {{ development?: boolean }} [options] `development: false` is content without the development packages
 */
export const dependencies = ({ development = process.env.NODE_ENV !== 'production' } = {}) => ({
  zh: '安装依赖',
  en: 'Installing dependencies',
  async run(log) {
    if (dependenciesInstalled(development)) return;
    log();
    const npm = process.env.npm_execpath?.endsWith('npm-cli.js')
      ? { program: process.execPath, first: [process.env.npm_execpath], shell: false }
      : { program: 'npm', first: [], shell: process.platform === 'win32' };
    // Only warnings are lost: mediasoup's "engines" asks for a newer Node than it needs.
    const args = ['ci', '--loglevel=error', '--engine-strict=false', '--no-audit', '--no-fund'];
    if (development) args.push('--include=dev');
    const code = await runChild(npm.program, [...npm.first, ...args], { shell: npm.shell });
    if (code !== 0) {
      throw new SetupFailure(
        `依赖安装失败（npm ci 退出码 ${code}）：请检查到 npm 镜像的网络，然后重试。\n` +
          `Installing the dependencies failed (npm ci, exit ${code}). Check the way to the npm registry ` +
          '(npm config get registry) and start again.',
      );
    }
  },
});

/**
 * Compares what npm recorded in node_modules (written last, so an interrupted installation has none) with the
 * lock file: no stamp of our own, so that a person's own `npm install` counts as well.
 */
export function dependenciesInstalled(development) {
  const record = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || installed[path]?.version === entry.version) return true;
    const leftOut = installed[path] === undefined;
    return leftOut && (entry.optional || entry.devOptional || (entry.dev && !development));
  });
}
