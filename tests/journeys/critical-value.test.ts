import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import { writeDicomEcg } from '../../server/ecg/encode/dicom-ecg.ts';
import { at, signIn } from '../support/browser.ts';
import { openScene, SCENE_MS, type Scene } from '../support/scene.ts';
import { askForReading, openFirstReading, registerPatient } from '../support/steps.ts';

// A critical value from the reader's screen to the clinic and back. Each test goes on where the last one stopped.

const finding = '急性前壁心肌梗死，立即处理';

describe('a critical value is told and read back', () => {
  let scene: Scene;
  let clinic: Page;
  let reporter: Page;
  let ecg: string;

  beforeAll(async () => {
    scene = await openScene();
    ecg = await scene.file('ecg.dcm', writeDicomEcg(synthesizeEcg({ rhythm: 'sinus', seed: 61 }).document));
    reporter = await scene.signedIn('oncall1');
    clinic = await scene.window();
    // Every sound that the clinic's window starts is counted.
    await clinic.addInitScript(() => {
      const counted = window as unknown as { sounds: number };
      counted.sounds = 0;
      const start = AudioBufferSourceNode.prototype.start;
      AudioBufferSourceNode.prototype.start = function (...when: [number?]) {
        counted.sounds += 1;
        return start.apply(this, when);
      };
    });
    await signIn(clinic, scene.hub.url, 'clinic1');
  }, SCENE_MS);
  afterAll(() => scene?.close());

  const stage = (page: Page, name: string) =>
    page.locator(`[data-testid="reading-page"][data-stage="${name}"]`).waitFor();
  const record = (page: Page, state: string) =>
    page.locator(`[data-testid="critical-value-record"][data-state="${state}"]`).waitFor();

  test('[JO16] the reader tells a finding from the reading’s screen, and the clinic’s window sounds and shows it', async () => {
    await registerPatient(clinic, { name: '陈桂香' });
    await at(clinic, 'ecg-upload').setInputFiles(ecg);
    await askForReading(clinic);
    const before = await clinic.evaluate(() => (window as unknown as { sounds: number }).sounds);

    await openFirstReading(reporter);
    await reporter.locator('[data-testid="reading-page"][data-claim="mine"]').waitFor();
    await at(reporter, 'report-critical-value').click();
    await at(reporter, 'critical-value-text').fill(finding);
    await at(reporter, 'tell-critical-value').click();
    await record(reporter, 'open');

    await at(clinic, 'critical-value').waitFor();
    expect(await at(clinic, 'critical-value-finding').innerText()).toBe(finding);
    const words = await at(clinic, 'critical-value').innerText();
    for (const part of ['陈桂香', '周明远', '示范县人民医院', '0577-55500120']) expect(words).toContain(part);
    await clinic.waitForFunction((heard) => (window as unknown as { sounds: number }).sounds > heard, before);
  }, 120_000);

  test('[JO16] both signatures leave the reading open until the clinic has read it back', async () => {
    // A dialog has the keys to itself until it is gone; a template takes its values from the trace that is shown.
    await at(reporter, 'critical-value-dialog').waitFor({ state: 'hidden' });
    await reporter.locator('[data-ecg-id][data-first-paint-ms]').first().waitFor();
    await reporter.keyboard.press('1');
    await at(reporter, 'values-filled').waitFor();
    await reporter.keyboard.press('Control+Enter');
    await at(reporter, 'readings-page').waitFor();
    const reviewer = await scene.signedIn('oncall2');
    await at(reviewer, 'go-readings').click();
    await at(reviewer, 'reading-filter-review').click();
    await at(reviewer, 'reading-row').first().click();
    await at(reviewer, 'reading-review').waitFor();
    await reviewer.keyboard.press('Control+Enter');
    await at(reporter, 'open-critical-values').getByText(finding).waitFor();
    await reporter.locator('[data-testid="reading-row"][data-stage="critical-value-open"]').click();
    await stage(reporter, 'critical-value-open');
  }, 120_000);

  test('[JO16] a window that comes later shows it too; received, then read back, it goes away', async () => {
    const later = await clinic.context().newPage();
    await later.goto(scene.hub.url);
    await at(later, 'critical-value').waitFor();
    await at(later, 'receive-critical-value').click();
    await record(reporter, 'received');
    // Each window of the clinic sees who has it.
    await clinic.locator('[data-testid="critical-value"][data-state="received"]').waitFor();
    expect(await at(clinic, 'read-back-text').inputValue()).toBe(finding);
    await at(clinic, 'read-back').click();
    await at(clinic, 'critical-values').waitFor({ state: 'detached' });
    await at(later, 'critical-values').waitFor({ state: 'detached' });
    await later.close();
  }, 120_000);

  test('[JO16] the reporter sees all six fields and the read-back, and the reading has closed by itself', async () => {
    await record(reporter, 'read-back');
    await stage(reporter, 'read');
    const fields = await at(reporter, 'critical-value-record').innerText();
    for (const part of [finding, '周明远', '系统', '一键确认']) expect(fields).toContain(part);
    expect(await at(reporter, 'cv-received-by').innerText()).toBe('林晓梅');
    expect(await at(reporter, 'cv-read-back').innerText()).toContain('林晓梅');
    await clinic.locator('[data-testid="asked-reading"][data-stage="read"]').waitFor();
  }, 120_000);
});
