import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { synthesizeCt } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { at, openBrowser, signIn, type TestBrowser } from '../support/browser.ts';
import { dropFiles } from '../support/drop-files.ts';
import { startHubProcess, type HubProcess } from '../support/hub-process.ts';
import { allItems, readStructuredReport } from '../support/read-structured-report.ts';

let hub: HubProcess;
let browser: TestBrowser;
let folder: string;
let clinic: Page;
let reader: Page;
const files: string[] = [];
let firstSlice: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lianzhen-files-'));
  const patient = { name: 'Wang^Jianguo=王^建国', id: '330399195003120014', birthDate: '19500312', sex: 'M' } as const;
  const ct = synthesizeCt({ patient, slices: 3, rows: 128, columns: 128 });
  [firstSlice] = ct.sopInstanceUids as [string];
  for (const [index, bytes] of ct.files.entries()) {
    files.push(join(folder, `ct-${index}.dcm`));
    await writeFile(files[index]!, bytes);
  }
  hub = await startHubProcess();
  browser = await openBrowser();
  clinic = await browser.window();
  reader = await browser.window();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await hub?.close();
  await rm(folder, { recursive: true, force: true });
});

const viewer = (page: Page) => page.locator('[data-testid="imaging-viewer"]');
/** The first slice, whichever stood there while images were still arriving. */
const openImages = async (page: Page) => {
  await page.getByRole('tab', { name: /影像/ }).click();
  await page.getByText('3 幅', { exact: true }).waitFor();
  await page.locator('[data-testid="imaging-viewer"][data-sop-instance-uid]').waitFor();
  await viewer(page).focus();
  await page.keyboard.press('Home');
  await page.locator(`[data-testid="imaging-viewer"][data-sop-instance-uid="${firstSlice}"]`).waitFor();
};

test('[JO26] what is measured and marked outlives the window, reaches the others, and leaves as SR and KOS', async () => {
  await signIn(clinic, hub.url, 'clinic1');
  await signIn(reader, hub.url, 'oncall1');
  await at(reader, 'start-duty').click();
  await at(reader, 'end-duty').waitFor();
  await at(clinic, 'patient-name').fill('王建国');
  await at(clinic, 'patient-identity-number').fill('330399195003120014');
  await at(clinic, 'register-patient').click();
  await at(clinic, 'chest-pain-button').click();
  await at(clinic, 'case-page').waitFor();
  await at(reader, 'accept-alarm').click();
  await at(reader, 'case-page').waitFor();
  await clinic.getByRole('tab', { name: /影像/ }).click();
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
