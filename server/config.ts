import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';

/** One line for each variable: the table that `npm start -- --help` prints and README repeats. */
export const environmentTable: readonly { name: string; preset: string; meaning: string }[] = [
  {
    name: 'NODE_ENV',
    preset: 'development',
    meaning: 'production: HOST 0.0.0.0, secure cookies, PUBLIC_URL required, no demonstration',
  },
  { name: 'PORT', preset: '3000', meaning: 'port of the web server' },
  { name: 'HOST', preset: '127.0.0.1', meaning: 'address that the web server listens on' },
  { name: 'PUBLIC_URL', preset: 'http://HOST:PORT', meaning: 'address that browsers use' },
  { name: 'HUB_DATA', preset: './data', meaning: 'folder of everything that the hub keeps' },
  { name: 'MONGODB_URI', preset: '(embedded store in HUB_DATA)', meaning: 'a MongoDB replica set; one node will do' },
  { name: 'REDIS_URL', preset: '(single process)', meaning: 'reserved for several hubs' },
  { name: 'BLOBS', preset: 'HUB_DATA/blobs', meaning: 'folder of ECG, DICOM and PDF bytes' },
  { name: 'RTC_PORT', preset: '44444', meaning: 'UDP and TCP, one port for each SFU worker upward from it' },
  { name: 'RTC_ANNOUNCED_ADDRESS', preset: 'HOST', meaning: 'address that browsers send video to' },
  { name: 'RTC_WORKERS', preset: '(number of cores)', meaning: 'SFU workers' },
  {
    name: 'TURN_URLS',
    preset: '(none)',
    meaning: 'comma-separated turn: addresses for clinics behind strict firewalls',
  },
  { name: 'TURN_SECRET', preset: '(none)', meaning: 'shared secret of the TURN server' },
  { name: 'HUB_TLS_CERT', preset: '(none)', meaning: 'certificate file, PEM' },
  { name: 'HUB_TLS_KEY', preset: '(none)', meaning: 'key file, PEM' },
  { name: 'MEDIASOUP_WORKER_BIN', preset: '(found by set-up)', meaning: 'the SFU worker program' },
  {
    name: 'HUB_DEMO',
    preset: '1 outside production',
    meaning: 'demonstration county on an empty data folder; 0: never',
  },
  { name: 'LOG_LEVEL', preset: 'info', meaning: 'fatal, error, warn, info, debug, trace or silent' },
];

const port = z.coerce.number().int().min(0).max(65535);
const environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  PORT: port.default(3000),
  HOST: z.string().min(1).optional(),
  PUBLIC_URL: z.url().optional(),
  HUB_DATA: z.string().min(1).default('./data'),
  MONGODB_URI: z.string().min(1).optional(),
  BLOBS: z.string().min(1).optional(),
  RTC_PORT: port.default(44444),
  RTC_ANNOUNCED_ADDRESS: z.string().min(1).optional(),
  RTC_WORKERS: z.coerce.number().int().min(0).max(64).optional(),
  TURN_URLS: z.string().optional(),
  TURN_SECRET: z.string().optional(),
  HUB_TLS_CERT: z.string().optional(),
  HUB_TLS_KEY: z.string().optional(),
  MEDIASOUP_WORKER_BIN: z.string().optional(),
  HUB_DEMO: z.enum(['0', '1']).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export interface Config {
  production: boolean;
  port: number;
  host: string;
  /** Set only where the operator gave it; otherwise the address follows from the port that was really bound. */
  publicUrl: string | null;
  dataFolder: string;
  mongodbUri: string | null;
  blobFolder: string;
  rtc: {
    port: number;
    listenAddress: string;
    announcedAddress: string | null;
    workerCount: number;
    workerBin: string | null;
  };
  turn: { urls: string[]; secret: string | null };
  tls: { certFile: string; keyFile: string } | null;
  demonstration: boolean;
  logLevel: string;
}

export class ConfigError extends Error {}

/** The only reader of process.env. Throws ConfigError with one plain line for each wrong variable. */
export function loadConfig(env: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
  }
  const e = parsed.data;
  const production = e.NODE_ENV === 'production';
  if (production && e.PUBLIC_URL === undefined) throw new ConfigError('PUBLIC_URL is required in production.');
  if (production && e.HUB_DEMO === '1') throw new ConfigError('HUB_DEMO=1 is refused in production.');
  if ((e.HUB_TLS_CERT === undefined) !== (e.HUB_TLS_KEY === undefined)) {
    throw new ConfigError('HUB_TLS_CERT and HUB_TLS_KEY go together.');
  }
  if (e.BLOBS?.includes('://')) throw new ConfigError('BLOBS names a folder; object storage is not offered yet.');
  const host = e.HOST ?? (production ? '0.0.0.0' : '127.0.0.1');
  const dataFolder = resolve(e.HUB_DATA);
  return {
    production,
    port: e.PORT,
    host,
    publicUrl: e.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    dataFolder,
    mongodbUri: e.MONGODB_URI ?? null,
    blobFolder: e.BLOBS === undefined ? resolve(dataFolder, 'blobs') : resolve(e.BLOBS),
    rtc: {
      port: e.RTC_PORT,
      listenAddress: host,
      announcedAddress: e.RTC_ANNOUNCED_ADDRESS ?? null,
      workerCount: e.RTC_WORKERS ?? availableParallelism(),
      workerBin: e.MEDIASOUP_WORKER_BIN ?? null,
    },
    turn: {
      urls:
        e.TURN_URLS?.split(',')
          .map((url) => url.trim())
          .filter(Boolean) ?? [],
      secret: e.TURN_SECRET ?? null,
    },
    tls: e.HUB_TLS_CERT && e.HUB_TLS_KEY ? { certFile: e.HUB_TLS_CERT, keyFile: e.HUB_TLS_KEY } : null,
    demonstration: !production && e.HUB_DEMO !== '0',
    logLevel: e.LOG_LEVEL,
  };
}
