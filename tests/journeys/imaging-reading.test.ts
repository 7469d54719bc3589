import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { synthesizeCt } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { at } from '../support/browser.ts';
import { dropFiles } from '../support/drop-files.ts';
import { openScene, SCENE_MS, type Scene } from '../support/scene.ts';
import { goOnDuty, meetInCase, openImagingTab, registerPatient, wang, wangInDicom } from '../support/steps.ts';

// What a radiologist does with a CT beside looking at it, and what the other side sees of it. Each test goes on where
// the last one stopped.

describe('a CT is read by keys, and the follower sees the same', () => {
  let scene: Scene;
  let clinic: Page;
  let reader: Page;
  let ctFiles: string[];
  let priorFiles: string[];

  beforeAll(async () => {
    scene = await openScene();
    clinic = await scene.signedIn('clinic1');
    reader = await scene.signedIn('oncall1');
    await goOnDuty(reader);
    const small = { patient: wangInDicom, rows: 128, columns: 128 };
    ctFiles = await scene.dicomFiles('ct', synthesizeCt({ ...small, slices: 8 }).files);
    const earlier = { ...small, slices: 5, seed: 5, acquiredAt: new Date('2025-01-05T00:00:00Z') };
    priorFiles = await scene.dicomFiles('prior', synthesizeCt(earlier).files);
  }, SCENE_MS);
  afterAll(() => scene?.close());

  const viewer = (page: Page, drawn = '') => page.locator(`[data-testid="imaging-viewer"]${drawn}`);
  /** Presses keys at the reader, and waits until both sides draw what they ask for. */
  const bothSee = async (keys: readonly string[], drawn: string) => {
    for (const key of keys) await reader.keyboard.press(key);
    await viewer(reader, drawn).waitFor();
    await viewer(clinic, drawn).waitFor();
  };

  test('[JO21] windows, inversion, turns, flips and fit of the reader stand on the follower’s screen', async () => {
    await registerPatient(clinic, wang);
    await meetInCase(clinic, reader);
    for (const page of [clinic, reader]) await openImagingTab(page);
    await dropFiles(at(clinic, 'dicom-upload-zone'), ctFiles);
    await reader.getByText('8 幅', { exact: true }).waitFor();
    for (const page of [reader, clinic]) await viewer(page, '[data-sop-instance-uid]').waitFor();
    await at(reader, 'take-lead').click();
    await reader.locator('[data-testid="lead-bar"][data-leading="true"]').waitFor();
    await clinic.locator('[data-testid="lead-bar"][data-following="true"]').waitFor();

    await viewer(reader).focus();
    await bothSee(['4'], '[data-window-center="-600"][data-window-width="1500"]');
    await bothSee(['i', 'o'], '[data-invert="true"][data-rotation="90"][data-mirrored="false"]');
    await bothSee(['h'], '[data-rotation="270"][data-mirrored="true"]');
    await bothSee(['v', '+'], '[data-rotation="270"][data-mirrored="false"][data-zoom="1.2"]');
    await bothSee(['f'], '[data-rotation="270"][data-zoom="1"]');
    await bothSee(['r'], '[data-rotation="0"][data-invert="false"]');
    await reader.keyboard.down('g');
    await Promise.all([reader, clinic].map((page) => at(page, 'magnifier').waitFor()));
    await reader.keyboard.up('g');
    await Promise.all([reader, clinic].map((page) => at(page, 'magnifier').waitFor({ state: 'detached' })));
  }, 240_000);

  test('[JO21] a cine runs on both sides by its own clock, and stops on the same image', async () => {
    const shown = () => viewer(clinic).getAttribute('data-sop-instance-uid');
    const before = await shown();
    await reader.keyboard.press(' ');
    await clinic.waitForFunction(
      (uid) => document.querySelector('[data-testid="imaging-viewer"]')?.getAttribute('data-sop-instance-uid') !== uid,
      before,
    );
    await bothSee([' '], ':not([data-cine])');
    await clinic.waitForFunction(
      (uid) => document.querySelector('[data-testid="imaging-viewer"]')?.getAttribute('data-sop-instance-uid') === uid,
      await viewer(reader).getAttribute('data-sop-instance-uid'),
    );
    expect(await viewer(clinic).getAttribute('data-following')).toBe('true');
  }, 120_000);

  test('[JO21] what the reader measures stands in the same words on both sides; undo, redo and delete go along', async () => {
    const words = (page: Page, type: string) => page.locator(`[data-measurement="${type}"] text`);
    const { x, y, width, height } = (await reader.locator('.iv-pane').boundingBox())!;
    const [left, top] = [x + width / 2, y + height / 2];
    await reader.keyboard.press('e');
    await reader.mouse.move(left - 60, top - 40);
    await reader.mouse.down();
    await reader.mouse.move(left, top, { steps: 3 });
    await reader.mouse.move(left + 60, top + 40, { steps: 3 });
    await reader.mouse.up();
    await words(clinic, 'ellipse').waitFor();
    expect(await words(reader, 'ellipse').textContent()).toMatch(/均值 .* HU.*最小.*面积 .* mm².*n \d+/);
    expect(await words(clinic, 'ellipse').textContent()).toBe(await words(reader, 'ellipse').textContent());

    // By keys alone: a length with the crosshair, then words with an arrow's tip where the crosshair begins.
    for (const key of ['l', 'Enter', 'Enter', 'Shift+ArrowRight', 'Enter']) await reader.keyboard.press(key);
    await words(clinic, 'length')
      .getByText(/^[\d.]+ mm$/)
      .waitFor();
    for (const key of ['j', 'Enter', 'Enter', 'Shift+ArrowUp', 'Shift+ArrowUp', 'Enter'])
      await reader.keyboard.press(key);
    await at(reader, 'measurement-text').fill('右肺结节');
    await reader.keyboard.press('Enter');
    await words(clinic, 'arrow').getByText('右肺结节').waitFor();

    await reader.keyboard.press('Control+z');
    await reader.keyboard.press('Control+z');
    await clinic.locator('[data-measurement="arrow"]').waitFor({ state: 'detached' });
    await reader.keyboard.press('Control+y');
    await clinic.locator('[data-measurement="arrow"]').waitFor();
    await reader.keyboard.press('Home');
    await clinic.locator('[data-measurement]').first().waitFor({ state: 'detached' });
    await reader.keyboard.press('/');
    await at(reader, 'measurement-list').locator('.iv-list-go').first().click();
    await words(clinic, 'ellipse').waitFor();
    await viewer(reader).focus();
    await reader.keyboard.press('Delete');
    await clinic.locator('[data-measurement="ellipse"]').waitFor({ state: 'detached' });
    expect(await clinic.locator('[data-measurement="length"]').count()).toBe(1);
    await reader.keyboard.press('/');
  }, 120_000);

  test('[JO23] an earlier CT stands beside the new one on both sides, and the pane that is read is the same', async () => {
    await at(clinic, 'dicom-upload').setInputFiles(priorFiles);
    await reader.getByText('2025-01-05').first().waitFor();
    await viewer(reader).focus();
    await bothSee(['y'], '[data-layout="1x2"]');
    const shownIn = (page: Page, pane: number) =>
      page.locator(`.iv-pane[data-pane="${pane}"][data-shown]`).getAttribute('data-shown');
    expect(await shownIn(clinic, 1)).toBe(await shownIn(reader, 1));
    await clinic.locator('.iv-pane[data-pane="1"]').getByText('2025-01-05').waitFor();
    await bothSee(['u', 'End', '8'], '[data-window-center="400"][data-window-width="1800"]');
    await clinic.locator('.iv-pane[data-pane="1"][data-active="true"]').waitFor();
    await clinic.locator(`.iv-pane[data-pane="1"][data-shown="${await shownIn(reader, 1)}"]`).waitFor();
    expect(await shownIn(clinic, 0)).toBe(await shownIn(reader, 0));
    await bothSee(['y', 'y'], '[data-layout="1x1"]');
  }, 120_000);
});
