import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { signInPayload } from '../../shared/contracts/accounts.ts';
import { createAccount } from '../accounts/create-account.ts';
import { isUsernameTaken } from '../accounts/find-account.ts';
import { slices } from '../app.ts';
import { openAudit } from '../audit/append-audit.ts';
import { openAuditSealer, readCheckpoint } from '../audit/seal-audit.ts';
import { verifyAudit } from '../audit/verify-audit.ts';
import { ConfigError, loadConfig } from '../config.ts';
import { createOrganisation } from '../organisations/create-organisation.ts';
import { findHubOffice } from '../organisations/find-organisations.ts';
import { systemClock } from '../platform/clock.ts';
import { openLog } from '../platform/log.ts';
import { systemActor } from '../platform/make-context.ts';
import { secretKey } from '../platform/secret-key.ts';
import { openStore, type Store } from '../platform/store/store.ts';
import { CommandError } from './command-error.ts';
import { createTokenFor, type TokenWish } from './create-token.ts';

const usage = `Usage, with the hub's own environment (HUB_DATA, MONGODB_URI):
  npm run -s hub -- create-admin --username NAME
      makes an account with the role administrator; the password is asked for, or read as one line from stdin
  npm run -s hub -- create-token --username NAME --name TEXT --scopes ecg:write,dicom:write
      makes a token with which a machine (TEXT, e.g. a gateway) acts as that account, and prints it, once;
      scopes: ecg:read, ecg:write, dicom:read, dicom:write
  npm run -s hub -- verify-audit
      walks the whole audit chain; prints one JSON document; exit 1 when an entry was changed, removed or cut off
On the embedded store the hub must not be running: one process holds the data folder.`;

const shortestPassword = 12;
/** The organisation that administrators belong to; it treats nobody. */
const hubOffice = { name: '联诊平台', kind: 'hub', parentId: null, telephone: null } as const;

async function readPassword(): Promise<string> {
  const { stdin, stderr } = process;
  const terminal = stdin.isTTY === true;
  if (terminal) stderr.write(`Password (at least ${shortestPassword} characters; it is not shown): `);
  // Without an output nothing that is typed is repeated.
  const lines = createInterface({ input: stdin, terminal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (terminal) stderr.write('\n');
  }
}

/** What a command writes into the trail is sealed once `sealer.settled()` resolves. */
async function openTrail(store: Store, dataFolder: string) {
  const key = await secretKey(dataFolder, 'audit');
  const sealer = openAuditSealer({ store, dataFolder, key, log: openLog('error') });
  const append = openAudit({ store, clock: systemClock, appended: () => undefined });
  return { clock: systemClock, append, sealer };
}

async function createAdmin(given: string | undefined, store: Store, dataFolder: string): Promise<void> {
  const parsed = signInPayload.shape.username.safeParse(given);
  if (!parsed.success) throw new CommandError('--username NAME is required, at most 64 characters.');
  const username = parsed.data.toLowerCase();
  const taken = new CommandError(`There is an account ${username} already.`);
  if (await isUsernameTaken(username, { store })) throw taken;
  const password = await readPassword();
  if (password.length < shortestPassword || !signInPayload.shape.password.safeParse(password).success)
    throw new CommandError(`The password must have ${shortestPassword} to 256 characters.`);
  const { clock, append, sealer } = await openTrail(store, dataFolder);
  await store.transaction(async () => {
    const organisationId = (await findHubOffice({ store }))?.id ?? (await createOrganisation(hubOffice, { store }));
    const id = await createAccount(
      { username, name: username, organisationId, roles: ['administrator'], password },
      { store, clock },
    );
    const subject = { type: 'account', id };
    await append(systemActor, { action: 'account:create-admin', outcome: 'done', subject, details: { username } });
  });
  await sealer.settled();
  process.stdout.write(`${username} can sign in as administrator.\n`);
}

/** Only the token goes to stdout, so that it can be sent to a file. */
async function printToken(wish: TokenWish, store: Store, dataFolder: string): Promise<void> {
  const { sealer, ...trail } = await openTrail(store, dataFolder);
  const token = await createTokenFor(wish, { store, ...trail });
  await sealer.settled();
  process.stderr.write('Keep this token now: it is not shown again.\n');
  process.stdout.write(`${token}\n`);
}

async function verify(store: Store, dataFolder: string): Promise<void> {
  const result = await verifyAudit({
    store,
    checkpoint: await readCheckpoint(dataFolder),
    key: await secretKey(dataFolder, 'audit'),
  });
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (result.problems.length > 0) process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      username: { type: 'string' },
      name: { type: 'string' },
      scopes: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [name, ...more] = positionals;
  if (values.help === true) return void process.stdout.write(`${usage}\n`);
  const commands = new Map([
    ['create-admin', (store: Store, folder: string) => createAdmin(values.username, store, folder)],
    ['create-token', (store: Store, folder: string) => printToken(values, store, folder)],
    ['verify-audit', verify],
  ]);
  const command = commands.get(name ?? '');
  if (command === undefined || more.length > 0) throw new CommandError(usage);
  const config = loadConfig();
  const store = await openStore({
    mongodbUri: config.mongodbUri,
    dataFolder: config.dataFolder,
    records: slices(() => undefined).flatMap((slice) => slice.records),
    log: openLog('error'),
    onLost: (cause) => {
      process.stderr.write(`The store is lost: ${cause.message}\n`);
      process.exit(1);
    },
  });
  try {
    await command(store, config.dataFolder);
  } finally {
    await store.close();
  }
}

try {
  await main();
} catch (thrown) {
  const error = thrown as Error & { code?: string };
  const known =
    error instanceof CommandError ||
    error instanceof ConfigError ||
    error.name === 'EmbeddedStoreLocked' ||
    error.code?.startsWith('ERR_PARSE_ARGS') === true;
  process.stderr.write(known ? `${error.message}\n` : `${error.stack}\n`);
  process.exitCode = 2;
}
