import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startGateway, type Gateway } from './gateway.ts';
import { SpoolInUse } from './spool/lock-spool.ts';

const usage = `npm run gateway -- --hub URL --token T --spool DIR [options]
  --hub URL              address of the hub, https://...
  --token T              token of an account of the clinic with the scopes ecg:write and dicom:write;
  --token-file FILE      or the file that holds it
  --aet LIANZHEN         AE title of this gateway
  --port 11112           DICOM port (C-ECHO, C-STORE, storage commitment); --host: one interface only
  --modality AET=HOST:PORT  where that modality takes the reports of its storage commitments; may be repeated
  --watch DIR            folder of ECG exports; what was taken goes into DIR/done
  --spool DIR            where files wait until the hub has them
  --spool-limit-gb 50    the spool takes no more
  --slow-below-mbit 20   on a line that carries less, images are compressed for their way, without loss; 0: never
  --status-port 11180    status page, http://127.0.0.1:11180, on this machine only`;

/** For the person at the terminal: one line, exit 2. */
class OptionError extends Error {}

const portOf = (text: string, name: string) => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) throw new OptionError(`--${name} is a port, 0 to 65535.`);
  return Number(text);
};

/** `CT1=192.168.1.20:104`; an IPv6 address in brackets. */
function modalityOf(text: string): [string, { host: string; port: number }] {
  const [, aet = '', host = '', port = ''] = /^([^=]{1,16})=(\[[0-9a-f:.]+\]|[^:]+):(\d{1,5})$/i.exec(text) ?? [];
  if (aet === '') throw new OptionError('--modality is like CT1=192.168.1.20:104');
  return [aet.trim(), { host: host.replace(/^\[|\]$/g, ''), port: portOf(port, 'modality') }];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      hub: { type: 'string' },
      token: { type: 'string' },
      'token-file': { type: 'string' },
      aet: { type: 'string', default: 'LIANZHEN' },
      port: { type: 'string', default: '11112' },
      host: { type: 'string' },
      modality: { type: 'string', multiple: true, default: [] },
      watch: { type: 'string' },
      spool: { type: 'string' },
      'spool-limit-gb': { type: 'string', default: '50' },
      'slow-below-mbit': { type: 'string', default: '20' },
      'status-port': { type: 'string', default: '11180' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return void process.stdout.write(`${usage}\n`);
  const { hub, spool, aet } = values;
  const fileToken = values['token-file'];
  const token = values.token ?? (fileToken === undefined ? undefined : (await readFile(fileToken, 'utf8')).trim());
  if (hub === undefined || token === undefined || spool === undefined) throw new OptionError(usage);
  if (!URL.canParse(hub) || !/^https?:$/.test(new URL(hub).protocol))
    throw new OptionError('--hub is an address like https://hub.example.org');
  if (!/^[\w-]{20,200}$/.test(token)) throw new OptionError('--token is not a token of the hub.');
  if (!/^[\x21-\x5b\x5d-\x7e][\x20-\x5b\x5d-\x7e]{0,15}$/.test(aet))
    throw new OptionError('--aet has 1 to 16 letters, digits or signs (PS3.5, AE).');
  const gigabytes = Number(values['spool-limit-gb']);
  if (!(gigabytes > 0)) throw new OptionError('--spool-limit-gb is a number of gigabytes.');
  const slowBelow = Number(values['slow-below-mbit']);
  if (!(slowBelow >= 0)) throw new OptionError('--slow-below-mbit is a number of megabits a second, or 0.');
  const gateway: Gateway = await startGateway({
    ...{ hub, token, aeTitle: aet },
    port: portOf(values.port, 'port'),
    modalities: new Map(values.modality.map(modalityOf)),
    ...(values.host !== undefined && { host: values.host }),
    statusPort: portOf(values['status-port'], 'status-port'),
    spoolFolder: spool,
    watch: values.watch ?? null,
    mostBytes: gigabytes * 1e9,
    slowBelowBytesPerSecond: (slowBelow * 1e6) / 8,
  });
  process.stderr.write(
    `联诊网关 Lianzhen gateway  ${aet} @ ${gateway.port}  →  ${hub}\n状态页 status page  ${gateway.statusUrl}\n`,
  );
  const stop = () => void gateway.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

try {
  await main();
} catch (thrown) {
  const error = thrown as NodeJS.ErrnoException;
  const known =
    error instanceof OptionError ||
    error instanceof SpoolInUse ||
    ['EADDRINUSE', 'EACCES', 'ENOENT'].includes(error.code ?? '') ||
    error.code?.startsWith('ERR_PARSE_ARGS') === true;
  process.stderr.write(known ? `${error.message}\n` : `${error.stack}\n`);
  process.exit(2);
}
