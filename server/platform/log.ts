import { pino, type Logger } from 'pino';

export type Log = Logger;

/** JSON lines on stdout. What could name a patient or open an account never gets in. */
export function openLog(level: string): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'password',
        'cookie',
        'authorization',
        'token',
        'identityNumber',
        'name',
        '*.password',
        '*.cookie',
        '*.authorization',
        '*.token',
        '*.identityNumber',
        '*.name',
        'req.headers.cookie',
      ],
      censor: '[redacted]',
    },
  });
}
