import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { inRoot } from './paths.mjs';

const file = inRoot('.cache', 'setup.lock');

/**
 * One set-up at a time in a checkout: `npm start` and `npm test` side by side must not both write node_modules.
 *
 * @param {(line: string) => void} say told once, where another set-up is under way
 * @returns {Promise<() => void>} gives the turn back; also happens by itself when this process ends
 */
export async function takeTurn(say) {
  let told = false;
  for (;;) {
    try {
      mkdirSync(inRoot('.cache'), { recursive: true });
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (failure) {
      // Where nothing can be written (a container's image) nothing has to be set up.
      if (failure.code !== 'EEXIST') return () => {};
    }
    const holder = holderOfTurn();
    if (holder === undefined) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told)
      say(`等待另一个准备过程 · Waiting for another set-up (process ${holder}; if there is none, remove ${file})`);
    told = true;
    await wait(500);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  return () => {
    process.off('exit', release);
    release();
  };
}

/** @returns {number | undefined} the process that holds the turn, should it still live */
function holderOfTurn() {
  let holder;
  try {
    holder = Number(readFileSync(file, 'utf8'));
    process.kill(holder, 0);
    return holder;
  } catch (failure) {
    return failure.code === 'EPERM' ? holder : undefined;
  }
}
