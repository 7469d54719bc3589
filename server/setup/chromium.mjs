import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runChild } from './child.mjs';
import { SetupFailure } from './progress.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'microsoft-edge'];
/** The journeys read Chinese text from the screen's pictures, so a machine without any Chinese font needs one. */
const font = 'fonts-noto-cjk';

/** A Chromium for the browser journeys: found or, as root on Debian, installed. Afterwards CHROMIUM names it. */
export const chromium = () => ({
  zh: '准备浏览器测试环境',
  en: 'Preparing Chromium for the journeys',
  async run(log) {
    if (process.env.CHROMIUM && !starts(process.env.CHROMIUM)) {
      throw new SetupFailure(`CHROMIUM points to ${process.env.CHROMIUM}, which does not start.`);
    }
    let found = candidates().find(starts);
    const missing = [...(found ? [] : ['chromium']), ...(showsChinese() ? [] : [font])];
    if (missing.length > 0 && mayInstall()) {
      log(`apt-get install ${missing.join(' ')}`);
      await install(missing);
      found ??= candidates().find(starts);
    }
    if (!found) {
      throw new SetupFailure(
        '浏览器测试需要 Chromium 或 Chrome，未找到。\n' +
          'The browser journeys need Chromium or Chrome, and none was found. Please run:\n' +
          `  sudo apt-get install -y chromium ${font}\n` +
          'or install Chrome, or set CHROMIUM to the path of a browser that you have.',
      );
    }
    if (!showsChinese()) log(`note: no Chinese font here; screenshots will lack text (${font})`);
    process.env.CHROMIUM = found;
  },
});

function candidates() {
  if (process.env.CHROMIUM) return [process.env.CHROMIUM];
  const inPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, process.platform === 'win32' ? `${name}.exe` : name)));
  return [...inPath, ...usualPlaces(), ...playwrightCache()].filter((path) => existsSync(path));
}

function usualPlaces() {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (app) => `/Applications/${app}.app/Contents/MacOS/${app}`,
    );
  }
  if (process.platform === 'win32') {
    return [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
      .filter(Boolean)
      .flatMap((base) => [
        join(base, 'Google', 'Chrome', 'Application', 'chrome.exe'),
        join(base, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
      ]);
  }
  return [];
}

function playwrightCache() {
  const cache = process.env.PLAYWRIGHT_BROWSERS_PATH || join(homedir(), '.cache', 'ms-playwright');
  if (!existsSync(cache)) return [];
  return readdirSync(cache)
    .filter((name) => name.startsWith('chromium-'))
    .flatMap((name) => [join(cache, name, 'chrome-linux', 'chrome'), join(cache, name, 'chrome-linux64', 'chrome')]);
}

/** Ubuntu's chromium-browser may be a stub that only tells about its snap: existing is not enough. */
function starts(path) {
  if (process.platform === 'win32') return existsSync(path); // --version opens a window there
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

function showsChinese() {
  if (process.platform !== 'linux') return true;
  return (spawnSync('fc-list', [':lang=zh-cn', 'family'], { encoding: 'utf8' }).stdout ?? '').trim() !== '';
}

function mayInstall() {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

async function install(packages) {
  const apt = (...args) =>
    runChild('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=600', ...args], {
      stdio: ['ignore', 'ignore', 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  const code =
    (await apt('update')) || (await apt('install', '-y', '--no-install-recommends', 'fontconfig', ...packages));
  if (code !== 0) throw new SetupFailure(`apt-get could not install ${packages.join(' ')} (exit ${code}).`);
}
