import { createHmac } from 'node:crypto';
import type { Config } from '../../config.ts';

interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

const VALID_SECONDS = 12 * 3600;

/**
 * The relays for clinics behind strict firewalls. With a shared secret the credentials last twelve hours: the user
 * name is their end, and HMAC-SHA1 over it the password (draft-uberti-behave-turn-rest-00, section 2.2).
 */
export function iceServersFor(turn: Config['turn'], accountId: string, now: Date): IceServer[] {
  if (turn.urls.length === 0) return [];
  if (turn.secret === null) return [{ urls: turn.urls }];
  const username = `${Math.floor(now.getTime() / 1000) + VALID_SECONDS}:${accountId}`;
  const credential = createHmac('sha1', turn.secret).update(username).digest('base64');
  return [{ urls: turn.urls, username, credential }];
}
