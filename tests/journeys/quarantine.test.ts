import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { synthesizeDr } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { at, openBrowser, signIn, type TestBrowser } from '../support/browser.ts';
import { startHubProcess, type HubProcess } from '../support/hub-process.ts';

describe('an image comes a second time with other content', () => {
  let hub: HubProcess;
  let browser: TestBrowser;
  let files: string;
  let clinic: Page;

  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'lianzhen-files-'));
    const dr = synthesizeDr({ patient: { name: 'Zhao^Er=赵^二', id: '000123', sex: 'M' }, rows: 300, columns: 260 });
    await writeFile(join(files, 'first.dcm'), dr);
    // The same SOP Instance UID over other pixels.
    const other = Uint8Array.from(dr).fill(0x40, dr.length - 60_000);
    await writeFile(join(files, 'other.dcm'), other);
    hub = await startHubProcess();
    browser = await openBrowser();
    clinic = await browser.window();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
    await rm(files, { recursive: true, force: true });
  });

  test('[JO22] both are shown side by side, and a person decides with a reason', async () => {
    await signIn(clinic, hub.url, 'clinic1');
    await at(clinic, 'patient-name').fill('赵二');
    await at(clinic, 'register-patient').click();
    await at(clinic, 'patient-page').waitFor();
    await at(clinic, 'chest-pain-button').click();
    await at(clinic, 'case-page').waitFor();
    await clinic.getByRole('tab', { name: /影像/ }).click();
    await at(clinic, 'dicom-upload').setInputFiles(join(files, 'first.dcm'));
    await at(clinic, 'add-images').click();
    await at(clinic, 'dicom-upload').setInputFiles(join(files, 'other.dcm'));
    await at(clinic, 'open-quarantine').click();
    const pictures = clinic.locator('.quarantine-pair img');
    await pictures.nth(1).waitFor();
    await clinic.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>('.quarantine-pair img')].every(
        ({ naturalWidth }) => naturalWidth > 100,
      ),
    );
    // Without a reason nothing is decided.
    expect(await at(clinic, 'quarantine-keep').isDisabled()).toBe(true);
    await at(clinic, 'quarantine-reason').fill('后到文件缺一半');
    await at(clinic, 'quarantine-keep').click();
    await at(clinic, 'quarantine-notice').waitFor({ state: 'detached' });
  }, 120_000);
});
