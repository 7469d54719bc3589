import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import { writeDicomEcg } from '../../server/ecg/encode/dicom-ecg.ts';
import { at, openBrowser, signIn, type TestBrowser } from '../support/browser.ts';
import { startHubProcess, type HubProcess } from '../support/hub-process.ts';

// Two routine ECGs from the couch to the signed report, without a room. Each test goes on where the last one stopped.

const people = ['张秀英', '李国强'] as const;
const normal = '窦性心律，正常心电图。';

describe('routine ECGs are read from the queue', () => {
  let hub: HubProcess;
  let browser: TestBrowser;
  let files: string;
  let clinic: Page;
  let reporter: Page;
  let reviewer: Page;

  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'lianzhen-files-'));
    for (const [index, name] of people.entries()) {
      const { document } = synthesizeEcg({ rhythm: 'sinus', seed: 40 + index });
      await writeFile(join(files, `${name}.dcm`), writeDicomEcg(document));
    }
    hub = await startHubProcess();
    browser = await openBrowser();
    clinic = await browser.window();
    reporter = await browser.window();
    reviewer = await browser.window();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
    await rm(files, { recursive: true, force: true });
  });

  const reading = (page: Page) => at(page, 'reading-page').getAttribute('data-reading-id');
  const owned = (page: Page) => page.locator('[data-testid="reading-page"][data-claim="mine"]').waitFor();
  const rows = (page: Page, count: number) =>
    page.waitForFunction((wanted) => document.querySelectorAll('[data-testid="reading-row"]').length === wanted, count);

  test('[JO15] the clinic asks for a reading of each ECG, and sees that it waits', async () => {
    await signIn(clinic, hub.url, 'clinic1');
    for (const [index, name] of people.entries()) {
      await at(clinic, 'go-home').click();
      await at(clinic, 'patient-name').fill(name);
      await at(clinic, 'register-patient').click();
      await at(clinic, 'patient-page').waitFor();
      await at(clinic, 'ecg-upload').setInputFiles(join(files, `${name}.dcm`));
      await at(clinic, 'ask-reading').click();
      await at(clinic, 'ask-reading-note').fill(`头晕${index + 1}天`);
      if (index === 1) await at(clinic, 'ask-reading-urgent').check();
      await at(clinic, 'confirm-ask-reading').click();
      await clinic.locator('[data-testid="asked-reading"][data-stage="unread"]').waitFor();
    }
  }, 120_000);

  test('[JO15] the reader opens the hurried one first by keys, picks a template, signs, and gets the next', async () => {
    await signIn(reporter, hub.url, 'oncall1');
    await at(reporter, 'go-readings').click();
    await rows(reporter, 2);
    await reporter.waitForFunction(() => document.title.startsWith('(2) 心电诊断'));
    expect(await at(reporter, 'reading-row').first().innerText()).toContain('李国强');
    await signIn(reviewer, hub.url, 'oncall2');
    await at(reviewer, 'go-readings').click();
    await at(reviewer, 'reading-filter-all').click();
    await rows(reviewer, 2);

    await reporter.keyboard.press('ArrowDown');
    await reporter.keyboard.press('Enter');
    await owned(reporter);
    const first = await reading(reporter);
    expect(await at(reporter, 'reading-note').innerText()).toContain('头晕2天');
    // The others see who has it.
    await at(reviewer, 'reading-row').first().getByText('周明远 诊断中').waitFor();
    await reporter.locator('[data-ecg-id][data-first-paint-ms]').first().waitFor();

    await reporter.keyboard.press('1');
    await at(reporter, 'values-filled').waitFor();
    expect(await at(reporter, 'report-findings').inputValue()).not.toContain('__');
    await reporter.keyboard.press('Control+Enter');
    await reporter.waitForFunction((before) => {
      const shown = document.querySelector('[data-testid="reading-page"]')?.getAttribute('data-reading-id');
      return shown !== undefined && shown !== null && shown !== before;
    }, first);
    await owned(reporter);
    expect(await at(reporter, 'reading-patient').innerText()).toBe('张秀英');
    await reporter.keyboard.press('1');
    await at(reporter, 'values-filled').waitFor();
    await reporter.keyboard.press('Control+Enter');
    await at(reporter, 'readings-page').waitFor();
    await reporter.waitForFunction(() => document.title.startsWith('(0) 心电诊断'));
  }, 120_000);

  test('[JO15] the second doctor confirms one after the other', async () => {
    await at(reviewer, 'reading-filter-review').click();
    await rows(reviewer, 2);
    await reviewer.keyboard.press('n');
    await at(reviewer, 'reading-review').waitFor();
    const first = await reading(reviewer);
    expect(await at(reviewer, 'reading-report-text').innerText()).toContain(normal);
    await reviewer.keyboard.press('Control+Enter');
    await reviewer.locator(`[data-testid="reading-page"]:not([data-reading-id="${first}"])`).waitFor();
    await at(reviewer, 'reading-review').waitFor();
    await reviewer.keyboard.press('Control+Enter');
    await at(reviewer, 'readings-empty').waitFor();
  }, 120_000);

  test('[JO15] the clinic is told, reads the result, and opens the paper', async () => {
    await clinic.locator('[data-testid="asked-reading"][data-stage="read"]').waitFor();
    expect(await at(clinic, 'reading-impression').innerText()).toBe(normal);
    const pdf = (await at(clinic, 'open-reading-pdf').getAttribute('href'))!;
    const answer = await clinic.request.get(hub.url + pdf);
    expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'application/pdf']);
    await at(clinic, 'go-home').click();
    await clinic.waitForFunction(
      () => document.querySelectorAll('[data-testid="clinic-reading"][data-stage="read"]').length === 2,
    );
  }, 120_000);

  test('[JO28] the reviewer sets the hospital’s times, and the reader sees them', async () => {
    await at(reviewer, 'go-reading-times').click();
    const number = (field: string) => at(reviewer, `reading-time-${field}`).locator('input');
    const hint = at(reviewer, 'reading-times-hint');
    const save = at(reviewer, 'save-reading-times');
    await number('urgent').fill('60');
    await reviewer.getByLabel('依据').fill('本院规定，2026 年第 1 版');
    await hint.getByText('分级更高的时限比分级低的长').waitFor();
    expect(await save.isDisabled()).toBe(true);
    await number('urgent').fill('8');
    await number('critical').fill('5');
    await number('repeat').fill('1');
    await save.click();
    await at(reviewer, 'reading-times-state').getByText('本院第 1 版，沈怀安').waitFor();

    await at(reporter, 'go-reading-times').click();
    await at(reporter, 'reading-time-critical').getByText('5 分钟').waitFor();
    expect(await reporter.locator('.reading-times input').count()).toBe(0);
    await reporter.getByText('返回队列').click();
    await at(reporter, 'readings-page').waitFor();
  }, 120_000);

  test('[RQ17] a normal report on what the pre-read calls critical takes a second press', async () => {
    const { document } = synthesizeEcg({ rhythm: 'inferior-stemi', seed: 7 });
    await writeFile(join(files, 'infarct.dcm'), writeDicomEcg(document));
    await at(clinic, 'patient-name').fill('赵铁柱');
    await at(clinic, 'register-patient').click();
    await at(clinic, 'patient-page').waitFor();
    await at(clinic, 'ecg-upload').setInputFiles(join(files, 'infarct.dcm'));
    await at(clinic, 'ask-reading').click();
    await at(clinic, 'confirm-ask-reading').click();
    await rows(reporter, 1);
    await at(reporter, 'reading-row').first().click();
    await owned(reporter);
    await at(reporter, 'pre-read-summary').waitFor();
    await reporter.keyboard.press('1');
    await at(reporter, 'values-filled').waitFor();
    await reporter.keyboard.press('Control+Enter');
    await at(reporter, 'sign-asks-again').waitFor();
    // Other words are asked about anew.
    await reporter.keyboard.press('2');
    await at(reporter, 'sign-asks-again').waitFor({ state: 'detached' });
    await reporter.keyboard.press('1');
    await reporter.keyboard.press('Control+Enter');
    await at(reporter, 'sign-asks-again').waitFor();
    await reporter.keyboard.press('Control+Enter');
    await at(reporter, 'readings-page').waitFor();
  }, 120_000);
});
