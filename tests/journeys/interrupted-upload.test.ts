import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { synthesizeDr } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { at } from '../support/browser.ts';
import { openScene, SCENE_MS, type Scene } from '../support/scene.ts';
import { openImagingTab, pressEmergencyKey, registerPatient } from '../support/steps.ts';

describe('an upload on a weak line whose window is closed', () => {
  const patient = { name: 'Zhao^Er=赵^二', id: '000123', sex: 'M' } as const;
  const dr = synthesizeDr({ patient, rows: 1500, columns: 1000 });
  let scene: Scene;
  let clinic: Page;
  let picked: string[];

  beforeAll(async () => {
    scene = await openScene();
    clinic = await scene.signedIn('clinic1');
    picked = [await scene.file('dr.dcm', dr), await scene.file('readme.pdf', randomBytes(3000))];
  }, SCENE_MS);
  afterAll(() => scene?.close());

  /** What this page has sent so far of a file, as its screen says. */
  const partlySent = async (page: Page) => {
    await page.waitForFunction(() => {
      const bar = document.querySelector('[data-testid="dicom-upload-summary"] [role="progressbar"]');
      return Number(bar?.getAttribute('aria-valuenow') ?? 0) >= 50;
    });
  };

  test('[JO24] it goes on in the next window, and the hub has the bytes once and unchanged', async () => {
    await registerPatient(clinic, { name: '赵二' });
    await pressEmergencyKey(clinic);
    await openImagingTab(clinic);
    await at(clinic, 'dicom-upload').waitFor({ state: 'attached' });
    const line = await clinic.context().newCDPSession(clinic);
    await line.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 40,
      downloadThroughput: -1,
      uploadThroughput: 200 * 1024,
    });
    const pieces: string[] = [];
    clinic.context().on('request', (request) => {
      if (request.method() === 'PATCH') pieces.push(request.headers()['upload-offset'] ?? '');
    });
    await at(clinic, 'dicom-upload').setInputFiles(picked);
    await partlySent(clinic);
    const context = clinic.context();
    await clinic.close();

    const next = await context.newPage();
    next.setDefaultTimeout(60_000);
    await next.goto(scene.hub.url);
    await next.locator('[data-testid="uploads-bar"][data-over="true"][data-done="1"]').waitFor();
    // The second window went on where the first one stood.
    expect(pieces.filter((offset) => offset === '0')).toHaveLength(1);
    const found = await next.evaluate(storedInstances, dr.length);
    expect(found).toEqual([createHash('sha256').update(dr).digest('hex')]);
    // Nothing of it is left in the browser.
    await next.reload();
    await at(next, 'signed-in-as').first().waitFor();
    expect(await keptFiles(next)).toBe(0);
  }, 120_000);
});

function keptFiles(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('lianzhen-uploads');
        opening.onerror = () => reject(opening.error ?? new Error());
        opening.onsuccess = () => {
          const counting = opening.result.transaction('files').objectStore('files').count();
          counting.onsuccess = () => resolve(counting.result);
        };
      }),
  );
}

/** SHA-256 of each instance that this person may read; in the page, with its sign-in. */
async function storedInstances(byteLength: number): Promise<string[]> {
  const listed = await fetch('/dicom-web/instances', { headers: { Accept: 'application/dicom+json' } });
  const rows = (await listed.json()) as Record<string, { Value?: string[] }>[];
  const hashes = rows.map(async (row) => {
    const uid = (tag: string) => row[tag]?.Value?.[0] ?? '';
    const address = `/dicom-web/studies/${uid('0020000D')}/series/${uid('0020000E')}/instances/${uid('00080018')}`;
    const answer = await fetch(address, {
      headers: { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
    });
    const body = new Uint8Array(await answer.arrayBuffer());
    // One part; an empty line ends its headers.
    const start = body.findIndex((_, at) => [13, 10, 13, 10].every((byte, next) => body[at + next] === byte)) + 4;
    const hash = await crypto.subtle.digest('SHA-256', body.slice(start, start + byteLength));
    return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  });
  return Promise.all(hashes);
}
