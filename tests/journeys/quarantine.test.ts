import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { synthesizeDr } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { at } from '../support/browser.ts';
import { openScene, SCENE_MS, type Scene } from '../support/scene.ts';
import { openImagingTab, pressEmergencyKey, registerPatient } from '../support/steps.ts';

describe('an image comes a second time with other content', () => {
  let scene: Scene;
  let clinic: Page;
  let first: string;
  let other: string;

  beforeAll(async () => {
    scene = await openScene();
    clinic = await scene.signedIn('clinic1');
    const dr = synthesizeDr({ patient: { name: 'Zhao^Er=赵^二', id: '000123', sex: 'M' }, rows: 300, columns: 260 });
    first = await scene.file('first.dcm', dr);
    // The same SOP Instance UID over other pixels.
    other = await scene.file('other.dcm', Uint8Array.from(dr).fill(0x40, dr.length - 60_000));
  }, SCENE_MS);
  afterAll(() => scene?.close());

  test('[JO22] both are shown side by side, and a person decides with a reason', async () => {
    await registerPatient(clinic, { name: '赵二' });
    await pressEmergencyKey(clinic);
    await openImagingTab(clinic);
    await at(clinic, 'dicom-upload').setInputFiles(first);
    await at(clinic, 'add-images').click();
    await at(clinic, 'dicom-upload').setInputFiles(other);
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
