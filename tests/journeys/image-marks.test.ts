import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { synthesizeCt } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { at } from '../support/browser.ts';
import { dropFiles } from '../support/drop-files.ts';
import { allItems, readStructuredReport } from '../support/read-structured-report.ts';
import { openScene, SCENE_MS, type Scene } from '../support/scene.ts';
import { goOnDuty, meetInCase, openImagingTab, registerPatient, wang, wangInDicom } from '../support/steps.ts';

let scene: Scene;
let clinic: Page;
let reader: Page;
let files: string[];
let firstSlice: string;

beforeAll(async () => {
  scene = await openScene();
  clinic = await scene.signedIn('clinic1');
  reader = await scene.signedIn('oncall1');
  await goOnDuty(reader);
  const ct = synthesizeCt({ patient: wangInDicom, slices: 3, rows: 128, columns: 128 });
  [firstSlice] = ct.sopInstanceUids as [string];
  files = await scene.dicomFiles('ct', ct.files);
}, SCENE_MS);
afterAll(() => scene?.close());

const viewer = (page: Page) => page.locator('[data-testid="imaging-viewer"]');
/** The first slice, whichever stood there while images were still arriving. */
const openImages = async (page: Page) => {
  await openImagingTab(page);
  await page.getByText('3 幅', { exact: true }).waitFor();
  await page.locator('[data-testid="imaging-viewer"][data-sop-instance-uid]').waitFor();
  await viewer(page).focus();
  await page.keyboard.press('Home');
  await page.locator(`[data-testid="imaging-viewer"][data-sop-instance-uid="${firstSlice}"]`).waitFor();
};

test('[JO26] what is measured and marked outlives the window, reaches the others, and leaves as SR and KOS', async () => {
  await registerPatient(clinic, wang);
  await meetInCase(clinic, reader);
  await openImagingTab(clinic);
  await dropFiles(at(clinic, 'dicom-upload-zone'), files);
  await openImages(reader);
  await openImages(clinic);

  // Nobody leads: each looks alone, and what the reader leaves on the image still reaches the clinic.
  await viewer(reader).focus();
  for (const key of ['l', 'Enter', 'Enter', 'Shift+ArrowRight', 'Enter', '*']) await reader.keyboard.press(key);
  await at(reader, 'key-image-badge').waitFor();
  await at(clinic, 'key-image-badge').waitFor();
  const length = (page: Page) => page.locator('[data-measurement="length"] text');
  const words = (await length(reader).textContent())!;
  await length(clinic).filter({ hasText: words }).waitFor();

  await reader.reload();
  await openImages(reader);
  await at(reader, 'key-image-badge').waitFor();
  await length(reader).filter({ hasText: words }).waitFor();

  const exported = async (name: RegExp) => {
    await at(reader, 'export-menu').click();
    const [download] = await Promise.all([
      reader.waitForEvent('download'),
      reader.getByRole('menuitem', { name }).click(),
    ]);
    return readStructuredReport(await readFile(await download.path()));
  };
  const report = await exported(/DICOM SR/);
  const [number] = allItems(report.root).filter(({ type }) => type === 'NUM');
  expect(`${Number(number!.value.split(' ')[0]).toFixed(1)} mm`).toBe(words);
  const selection = await exported(/KOS/);
  expect(allItems(selection.root).filter(({ type }) => type === 'IMAGE')).toHaveLength(1);

  await viewer(reader).focus();
  await reader.keyboard.press('*');
  await at(clinic, 'key-image-badge').waitFor({ state: 'detached' });
}, 120_000);
