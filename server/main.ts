import { rename, stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { demonstrationAccounts, DEMONSTRATION_PASSWORD } from './accounts/demonstration-accounts.ts';
import { ConfigError, environmentTable, loadConfig } from './config.ts';
import { writeSampleFilesJob } from './demonstration/write-sample-files.ts';
import { startHub, type RunningHub } from './hub.ts';

const say = (line = '') => process.stdout.write(`${line}\n`);

/** Written once, after the hub listens, so that the first start does not wait for them. */
async function sayWhereSamplesAre(running: RunningHub, folder: string) {
  if (await stat(folder).catch(() => null)) return say(`  示范心电与影像 sample files: ${folder}`);
  const partial = `${folder}.new`;
  say(`  示范心电与影像，正在生成 sample files, being made: ${folder}`);
  running.hub.threads
    .run(writeSampleFilesJob, { folder: partial })
    .then(() => rename(partial, folder))
    .then(
      () => say(`  示范心电与影像已生成 sample files are ready: ${folder}`),
      (cause: unknown) => running.hub.log.warn({ err: cause }, 'the sample files could not be made'),
    );
}

if (process.argv.includes('--help') || process.argv.includes('-h')) {
  say('npm start: set-up where needed, then the hub. Environment (all optional):\n');
  const width = Math.max(...environmentTable.map((row) => row.name.length));
  for (const row of environmentTable) say(`  ${row.name.padEnd(width)}  ${row.meaning}  [${row.preset}]`);
  process.exit(0);
}

let running: RunningHub | undefined;
let stopping = false;
function stop() {
  if (stopping) return;
  stopping = true;
  // Nothing is acknowledged before the hub listens.
  if (running === undefined) process.exit(1);
  // A part that hangs must not keep the hub from ending; everything acknowledged is durable already.
  setTimeout(() => process.exit(1), 10_000).unref();
  running.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
}
// From the beginning: mediasoup listens to these signals too, and alone it would swallow one that comes early.
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

try {
  const config = loadConfig();
  running = await startHub(config, {
    onLost: (cause) => {
      process.stderr.write(`The store is lost: ${cause.message}\n`);
      process.exit(1);
    },
  });
  say();
  say(`联诊 Lianzhen  ${running.url}`);
  if (config.host === '0.0.0.0') {
    for (const addresses of Object.values(networkInterfaces()))
      for (const address of addresses ?? [])
        if (address.family === 'IPv4' && !address.internal) say(`               ${address.address}:${config.port}`);
  }
  const accounts = config.demonstration ? await demonstrationAccounts(running.hub) : [];
  if (accounts.length > 0) {
    say(`\n示范县 demonstration county · 密码 password: ${DEMONSTRATION_PASSWORD}`);
    for (const account of accounts) say(`  ${account.username.padEnd(14)} ${account.name}  ${account.organisation}`);
    await sayWhereSamplesAre(running, join(config.dataFolder, 'demonstration'));
  }
  say();
} catch (thrown) {
  const known =
    thrown instanceof ConfigError ||
    ['EADDRINUSE', 'EACCES'].includes((thrown as { code?: string }).code ?? '') ||
    (thrown as Error).name === 'EmbeddedStoreLocked';
  process.stderr.write(known ? `${(thrown as Error).message}\n` : `${(thrown as Error).stack}\n`);
  process.exit(1);
}
