import { afterEach, expect, test } from '@jest/globals';
import { newUuid } from '../../../client/connection/random-id.ts';
import { takeWindowId } from '../../../client/connection/window-id.ts';

afterEach(() => sessionStorage.clear());

test('a reloaded window keeps its name', () => {
  const first = takeWindowId(window);
  window.dispatchEvent(new Event('pagehide'));
  expect(takeWindowId(window)).toBe(first);
});

test('a duplicated window, which copies sessionStorage while the first is open, gets its own name', () => {
  const first = takeWindowId(window);
  expect(takeWindowId(window)).not.toBe(first);
});

test('outside secure contexts a random UUID is still a version 4 UUID (RFC 9562 5.4)', () => {
  const own = Object.getOwnPropertyDescriptor(crypto, 'randomUUID');
  Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
  try {
    const ids = Array.from({ length: 50 }, newUuid);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(50);
  } finally {
    if (own) Object.defineProperty(crypto, 'randomUUID', own);
    else Reflect.deleteProperty(crypto, 'randomUUID');
  }
});
