import { takeTurn } from './setup-lock.mjs';

const heartbeatMs = 15_000;

/** A failure whose message already tells a person what to do: shown without a stack. */
export class SetupFailure extends Error {}

const say = (text) => process.stderr.write(`${text}\n`);
const seconds = (sinceMs) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

/**
 * Runs the steps in order. A step that finds its work done already says nothing; one that has something to do
 * shows its number, its name in Chinese and English, its own lines, a sign of life, and its time.
 * All of it goes to stderr: stdout belongs to the program that follows.
 *
 * @param {{ zh: string, en: string, run: (log: (line?: string) => void) => unknown }[]} steps
 *   `run` calls `log()` once it knows that there is work, and `log(line)` for each line of progress
 * @throws {Error} the step's own failure, after its line
 */
export async function runSteps(steps) {
  const giveTurnBack = await takeTurn(say);
  try {
    await runInOrder(steps);
  } finally {
    giveTurnBack();
  }
}

async function runInOrder(steps) {
  for (const [index, step] of steps.entries()) {
    const began = Date.now();
    const label = `[${index + 1}/${steps.length}] ${step.zh} · ${step.en}`;
    let heartbeat;
    const log = (line) => {
      if (heartbeat === undefined) {
        say(label);
        heartbeat = setInterval(() => say(`      … ${seconds(began)}`), heartbeatMs);
      } else {
        heartbeat.refresh();
      }
      if (line) say(`      ${line}`);
    };
    try {
      await step.run(log);
      if (heartbeat !== undefined) say(`      完成 done, ${seconds(began)}`);
    } catch (failure) {
      if (heartbeat === undefined) say(label);
      say(`      失败 failed, ${seconds(began)}`);
      throw failure;
    } finally {
      clearInterval(heartbeat);
    }
  }
}

/**
 * Runs a script's main part. What a person can act on is printed as it is; anything else with its stack.
 *
 * @param {() => unknown} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (failure) {
    say(failure instanceof SetupFailure ? failure.message : String(failure?.stack ?? failure));
    process.exit(1);
  }
}
