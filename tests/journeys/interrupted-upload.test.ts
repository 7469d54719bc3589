import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { synthesizeDr } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { at, openBrowser, signIn, type TestBrowser } from '../support/browser.ts';
import { startHubProcess, type HubProcess } from '../support/hub-process.ts';

describe('an upload on a weak line whose window is closed', () => {
  const patient = { name: 'Zhao^Er=赵^二', id: '000123', sex: 'M' } as const;
  const dr = synthesizeDr({ patient, rows: 1500, columns: 1000 });
  let hub: HubProcess;
  let browser: TestBrowser;
  let files: string;
  let clinic: Page;

  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'lianzhen-files-'));
    await writeFile(join(files, 'dr.dcm'), dr);
    await writeFile(join(files, 'readme.pdf'), randomBytes(3000));
    hub = await startHubProcess();
    browser = await openBrowser();
    clinic = await browser.window();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
    await rm(files, { recursive: true, force: true });
  });

  /** What this page has sent so far of a file, as its screen says. */
  const partlySent = async (page: Page) => {
    await page.waitForFunction(() => {
      const bar = document.querySelector('[data-testid="dicom-upload-summary"] [role="progressbar"]');
      return Number(bar?.getAttribute('aria-valuenow') ?? 0) >= 50;
    });
  };

  test('[JO24] it goes on in the next window, and the hub has the bytes once and unchanged', async () => {
    await signIn(clinic, hub.url, 'clinic1');
    await at(clinic, 'patient-name').fill('赵二');
    await at(clinic, 'register-patient').click();
    await at(clinic, 'patient-page').waitFor();
    await at(clinic, 'chest-pain-button').click();
    await at(clinic, 'case-page').waitFor();
    await clinic.getByRole('tab', { name: /影像/ }).click();
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
    await at(clinic, 'dicom-upload').setInputFiles([join(files, 'dr.dcm'), join(files, 'readme.pdf')]);
    await partlySent(clinic);
    const context = clinic.context();
    await clinic.close();

    const next = await context.newPage();
    next.setDefaultTimeout(60_000);
    await next.goto(hub.url);
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
