import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { synthesizeCt } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { at } from '../support/browser.ts';
import { openScene, SCENE_MS, type Scene } from '../support/scene.ts';
import { registerPatient, wang, wangInDicom } from '../support/steps.ts';

// A CT from the clinic's patient page to the report of two imaging doctors, without a room. Each test goes on where the
// last one stopped.

const impression = '胸部CT平扫未见明显异常。';

describe('a CT is read from the queue', () => {
  let scene: Scene;
  let clinic: Page;
  let reporter: Page;
  let reviewer: Page;
  let files: string[];
  const ct = synthesizeCt({ patient: wangInDicom, slices: 12, rows: 96, columns: 96 });

  beforeAll(async () => {
    scene = await openScene();
    files = await scene.dicomFiles('ct', ct.files);
    clinic = await scene.signedIn('clinic1');
    reporter = await scene.signedIn('radiologist1');
    reviewer = await scene.signedIn('radiologist2');
  }, SCENE_MS);
  afterAll(() => scene?.close());

  const images = (page: Page) => page.locator('[data-testid="imaging-viewer"][data-sop-instance-uid]');
  const stage = (page: Page, wanted: string) => page.locator(`[data-testid="asked-reading"][data-stage="${wanted}"]`);

  test('[JO30] the clinic adds the CT on the patient’s page, looks at it, and asks for a reading in a hurry', async () => {
    await registerPatient(clinic, wang);
    await at(clinic, 'add-images').click();
    await at(clinic, 'dicom-upload').setInputFiles(files);
    await at(clinic, 'study-choice').waitFor();
    expect(await at(clinic, 'study-choice').innerText()).toMatch(/^CT\s/);
    await at(clinic, 'look-at-images').click();
    await images(clinic).waitFor();
    await at(clinic, 'ask-reading').click();
    await at(clinic, 'ask-reading-note').fill('胸痛2小时，请排除主动脉夹层');
    await at(clinic, 'ask-reading-urgent').check();
    await at(clinic, 'confirm-ask-reading').click();
    await stage(clinic, 'unread').waitFor();
  }, 120_000);

  test('[JO30] the imaging doctor sees it with its time, reads it beside its images, tells nothing critical, and signs', async () => {
    await at(reporter, 'open-queue').click();
    await reporter.waitForFunction(() => document.title.startsWith('(1) 影像诊断'));
    // Its clock runs: an hour at first, then less.
    await at(reporter, 'reading-row').getByText(/剩 59:\d\d/).waitFor();
    const row = await at(reporter, 'reading-row').innerText();
    expect(row).toMatch(/王建国/);
    expect(row).toMatch(/CT 胸部 CT 平扫.*12 幅/);
    await at(reporter, 'reading-row').click();
    await reporter.locator('[data-testid="reading-page"][data-claim="mine"]').waitFor();
    await images(reporter).waitFor();
    await stage(clinic, 'unread').getByText('许知影 诊断中').waitFor();
    // The viewer's keys are its own: 1 is a window there, and beside it a template.
    await images(reporter).focus();
    await reporter.keyboard.press('1');
    await reporter.keyboard.press('Alt+1');
    expect(await at(reporter, 'report-impression').inputValue()).toBe(impression);
    // Own words are not replaced by one key, and by no plain digit at all.
    await at(reporter, 'report-advice').fill('两周后复查。');
    await images(reporter).focus();
    await reporter.keyboard.press('9');
    await reporter.keyboard.press('Alt+2');
    await at(reporter, 'asks-to-replace').waitFor();
    expect(await at(reporter, 'report-impression').inputValue()).toBe(impression);
    await reporter.keyboard.press('Control+Enter');
    await reporter.locator('[data-testid="reading-row"][data-stage="awaiting-review"]').waitFor();
  }, 120_000);

  test('[JO30] the second doctor confirms, and the clinic has the impression and the paper where it asked', async () => {
    await at(reviewer, 'go-readings').click();
    await at(reviewer, 'reading-row').click();
    await images(reviewer).waitFor();
    await at(reviewer, 'reading-report-text').getByText(impression).waitFor();
    await reviewer.keyboard.press('Control+Enter');
    await at(reviewer, 'readings-empty').waitFor();
    await stage(clinic, 'read').waitFor();
    await at(clinic, 'reading-impression').getByText(impression).waitFor();
    const pdf = await clinic.request.get(
      new URL((await at(clinic, 'open-reading-pdf').getAttribute('href'))!, scene.hub.url).href,
    );
    expect([pdf.status(), pdf.headers()['content-type']]).toEqual([200, 'application/pdf']);
  }, 120_000);
});
