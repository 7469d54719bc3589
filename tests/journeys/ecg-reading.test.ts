import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import { writeDicomEcg } from '../../server/ecg/encode/dicom-ecg.ts';
import { writeWfdb } from '../../server/ecg/encode/wfdb.ts';
import { openThreadPool } from '../../server/platform/threads/thread-pool.ts';
import { at } from '../support/browser.ts';
import { photographFileJob } from '../support/paper-job.ts';
import { openScene, SCENE_MS, type Scene } from '../support/scene.ts';
import { askForReading, meetInCase, openFirstReading, registerPatient } from '../support/steps.ts';

// What a reader does with a trace beside looking at it. Each test goes on where the last one stopped.

describe('ECGs are measured, compared and judged', () => {
  let scene: Scene;
  let clinic: Page;
  let reporter: Page;

  const blocked = (seed: number, acquiredAt: string, heartRatePerMinute: number, prIntervalMs: number) =>
    synthesizeEcg({ seed, acquiredAt, heartRatePerMinute, prIntervalMs }).document;
  beforeAll(async () => {
    scene = await openScene();
    clinic = await scene.signedIn('clinic1');
    reporter = await scene.signedIn('oncall1');
    await scene.file('earlier.dcm', writeDicomEcg(blocked(71, '2026-01-05T08:00:00+08:00', 60, 160)));
    await scene.file('later.dcm', writeDicomEcg(blocked(72, '2026-03-09T08:00:00+08:00', 90, 240)));
    const record = writeWfdb(blocked(73, '2026-04-02T08:00:00+08:00', 70, 250), { name: 'again' });
    for (const { name, bytes } of [record.header, record.samples]) await scene.file(name, bytes);
    const pool = openThreadPool({ threads: 1, maxHeapMb: 768 });
    const photo = { takenAt: '2026:05:02 07:31:09', offset: '+08:00', orientation: 6 } as const;
    await scene.file('photo.jpg', await pool.run(photographFileJob, photo));
    await pool.close();
  }, SCENE_MS);
  afterAll(() => scene?.close());

  const send = async (...names: string[]) => {
    const before = await shown();
    await at(clinic, 'ecg-upload').setInputFiles(names.map(scene.path));
    await clinic.waitForFunction((old) => {
      const id = document.querySelector('[data-testid="ecg-panel"]')?.getAttribute('data-ecg-id');
      return id !== null && id !== undefined && id !== old;
    }, before);
  };
  const shown = () =>
    clinic.evaluate(() => document.querySelector('[data-testid="ecg-panel"]')?.getAttribute('data-ecg-id') ?? null);
  const rule = (page: Page, id: string) => page.locator(`[data-testid="ecg-rule"][data-rule="${id}"]`);
  const preRead = (page: Page) => at(page, 'pre-read').first();

  test('[JO18] the averaged beat’s marks are moved by keys, and what is measured by them says so', async () => {
    await registerPatient(clinic, { name: '沈月娥' });
    await send('earlier.dcm');
    await send('later.dcm');
    await preRead(clinic).getByText('一度房室阻滞').first().waitFor();
    await askForReading(clinic);

    await openFirstReading(reporter);
    const viewer = reporter.locator('section.ecg-viewer[data-first-paint-ms]');
    await viewer.waitFor();
    await viewer.focus();
    await reporter.keyboard.press('b');
    const value = (name: string) => reporter.locator(`.ecg-beats__values [data-interval="${name}"]`);
    await value('qt').waitFor();
    const ms = async (name: string) => Number(/\d+/.exec(await value(name).locator('dd').innerText())![0]);
    const [qt, pr] = [await ms('qt'), await ms('pr')];
    expect(await value('qt').getAttribute('data-by-hand')).toBe('false');
    await reporter.locator('rect[data-mark="tEnd"]').focus();
    for (let press = 0; press < 5; press += 1) await reporter.keyboard.press('ArrowRight');
    await reporter.locator('[data-interval="qt"][data-by-hand="true"]').waitFor();
    await reporter.waitForFunction(
      (wanted) => document.querySelector('[data-interval="qt"] dd')!.textContent!.includes(String(wanted)),
      qt + 20,
    );
    expect(await value('bazett').getAttribute('data-by-hand')).toBe('true');
    expect([await ms('pr'), await value('pr').getAttribute('data-by-hand')]).toEqual([pr, 'false']);
  }, 120_000);

  test('[JO18] an earlier ECG stands beside it and lies over it, with what changed in figures', async () => {
    await at(reporter, 'ecg-compare').click();
    const comparison = at(reporter, 'ecg-comparison');
    await comparison.locator('canvas').nth(1).waitFor();
    const change = async (key: string) =>
      Number((await comparison.locator(`td[data-change="${key}"]`).innerText()).replace('−', '-').match(/-?\d+/)![0]);
    expect(Math.abs((await change('heartRate')) - 30)).toBeLessThanOrEqual(2);
    expect(Math.abs((await change('pr')) - 80)).toBeLessThanOrEqual(12);
    await comparison.getByText('重叠', { exact: false }).first().click();
    await comparison.locator('canvas').first().waitFor();
    await reporter.keyboard.press('Escape');
    await comparison.waitFor({ state: 'detached' });
    // The key that closed it did not leave the reading too.
    await at(reporter, 'reading-page').waitFor();
  }, 120_000);

  test('[JO19] a hospital changes a limit, a second doctor approves it, and the next ECG is judged by it', async () => {
    await at(reporter, 'back-to-readings').click();
    await at(reporter, 'go-ecg-rules').click();
    const limit = rule(reporter, 'bradycardia').locator('.number-field input').first();
    await limit.fill('80');
    await reporter.locator('#rules-edition').fill('本院 2026.5');
    await at(reporter, 'save-draft').click();
    await at(reporter, 'draft-state').getByText('本院 2026.5').waitFor();

    const reviewer = await scene.signedIn('oncall2');
    await reviewer.goto(`${scene.hub.url}/ecg-rules`);
    await at(reviewer, 'approve-draft').click();
    await at(reviewer, 'in-force').getByText('本院 2026.5').waitFor();
    await at(reporter, 'in-force').getByText('本院 2026.5').waitFor();

    // A WFDB record: two files chosen together.
    await send('again.hea', 'again.dat');
    await preRead(clinic).getByText('心动过缓', { exact: true }).waitFor();
  }, 120_000);

  test('[JO20] a photograph of paper is shown straight, and marked as a picture without a waveform', async () => {
    const failed: string[] = [];
    clinic.on('response', (response) => {
      if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`);
    });
    await send('photo.jpg');
    const image = at(clinic, 'ecg-image');
    await image.locator('img').first().waitFor();
    await clinic.waitForFunction(
      () => document.querySelector<HTMLImageElement>('[data-testid="ecg-image"] img')!.naturalWidth > 500,
    );
    expect(await image.innerText()).toContain('图片');
    // Larger and turned by keys, as a trace is.
    const before = Number(await image.getAttribute('data-px-per-mm'));
    await image.locator('.ecg-image-viewport').focus();
    await clinic.keyboard.press('+');
    await clinic.waitForFunction(
      (old) => Number(document.querySelector('[data-testid="ecg-image"]')?.getAttribute('data-px-per-mm')) > old,
      before,
    );
    await clinic.keyboard.press('t');
    await image.locator('img.is-turned').waitFor();
    expect(failed).toEqual([]);
  }, 120_000);

  test('[JO29] paper is looked at together: the other side sees size, place, calipers and pointer', async () => {
    await meetInCase(clinic, reporter);
    const image = (page: Page) => at(page, 'ecg-image');
    const sizeOf = async (page: Page) => Number(await image(page).getAttribute('data-px-per-mm'));
    await image(reporter).locator('img').waitFor();
    await at(reporter, 'take-lead').click();
    await clinic.locator('[data-testid="ecg-image"][data-following="true"]').waitFor();
    const before = await sizeOf(clinic);
    await image(reporter).locator('.ecg-image-viewport').focus();
    await reporter.keyboard.press('+');
    await clinic.waitForFunction(
      (old) => Number(document.querySelector('[data-testid="ecg-image"]')?.getAttribute('data-px-per-mm')) > old,
      before,
    );
    const sheet = (await image(reporter).locator('.ecg-image-viewport').boundingBox())!;
    const to = (x: number, y: number) => reporter.mouse.move(sheet.x + x, sheet.y + y);
    await to(120, 80);
    await reporter.mouse.down();
    await to(220, 180);
    await reporter.mouse.up();
    await at(clinic, 'paper-caliper').waitFor();
    const words = (page: Page) => at(page, 'paper-caliper').locator('text').textContent();
    expect(await words(clinic)).toBe(await words(reporter));
    await clinic.locator('.ecg-pointer').getByText('周明远').waitFor();
    await reporter.keyboard.press('Delete');
    await at(clinic, 'paper-caliper').waitFor({ state: 'detached' });
    await at(clinic, 'toggle-follow').click();
    await clinic.locator('[data-testid="ecg-image"][data-following="false"]').waitFor();
  }, 120_000);
});
