import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import { writeScpEcg } from '../../server/ecg/encode/scp-ecg.ts';
import { synthesizeCt, synthesizeDr } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { at, signIn } from '../support/browser.ts';
import { seesAndHears } from '../support/call-tiles.ts';
import { dropFiles } from '../support/drop-files.ts';
import { openScene, SCENE_MS, type Scene } from '../support/scene.ts';
import { goOnDuty, openImagingTab, registerPatient, wang, wangInDicom } from '../support/steps.ts';

// The whole scene, in the order in which people live it: each test goes on where the one before it stopped.

describe('a chest-pain case from the township to the signed report', () => {
  let scene: Scene;
  let clinic: Page;
  let oncall1: Page;
  let oncall2: Page;
  let images: string[];
  let consultUrl = '';

  beforeAll(async () => {
    scene = await openScene();
    clinic = await scene.signedIn('clinic1');
    const { document } = synthesizeEcg({ rhythm: 'inferior-stemi', seed: 7 });
    await scene.file('infarct.scp', writeScpEcg(document, { patient: wang }));
    await scene.file('other.scp', writeScpEcg(document, { patient: { ...wang, name: '李大山' } }));
    const patient = wangInDicom;
    images = await scene.dicomFiles('image', [
      ...synthesizeCt({ patient, slices: 8, rows: 256, columns: 256 }).files,
      synthesizeDr({ patient, rows: 400, columns: 350 }),
    ]);
  }, SCENE_MS);
  afterAll(() => scene?.close());

  /** The page moves by a hand's breadth between pressing down and letting go. */
  const pressWhilePageMoves = async (page: Page, testId: string) => {
    const { x, y, width, height } = (await at(page, testId).boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.addStyleTag({ content: '.case-body { margin-top: 150px }' });
    await page.mouse.up();
    await page
      .locator('style')
      .last()
      .evaluate((style) => style.remove());
  };

  const opened = async (page: Page) => (await at(page, 'case-page').getAttribute('data-consult-id'))!;

  test('[JO1] the clinic registers the patient by identity number and sees the trace at once', async () => {
    await registerPatient(clinic, wang);
    await at(clinic, 'ecg-upload').setInputFiles(scene.path('infarct.scp'));
    await clinic.locator('[data-ecg-id][data-first-paint-ms]').first().waitFor();
    expect(await clinic.locator('[data-px-per-mm]').first().getAttribute('data-speed')).toBe('25');
  }, 180_000);

  test('[JO2] a file of another patient joins only after the sender confirms, and the reader sees that', async () => {
    await at(clinic, 'ecg-upload').setInputFiles(scene.path('other.scp'));
    await at(clinic, 'confirm-mismatch').waitFor();
    expect(await at(clinic, 'mismatch-dialog').innerText()).toContain('李大山');
    await at(clinic, 'confirm-mismatch').click();
    await at(clinic, 'mismatch-note').first().waitFor();
  }, 180_000);

  test('[JO3] one key rings every on-call window; two accept at once and exactly one wins', async () => {
    oncall1 = await scene.signedIn('oncall1');
    oncall2 = await scene.signedIn('oncall2');
    for (const desk of [oncall1, oncall2]) await goOnDuty(desk);
    await at(clinic, 'chest-pain-button').dblclick();
    await at(clinic, 'case-page').waitFor();
    await Promise.all([at(oncall1, 'alarm-card').waitFor(), at(oncall2, 'alarm-card').waitFor()]);
    await Promise.all([at(oncall1, 'accept-alarm').click(), at(oncall2, 'accept-alarm').click()]);
    await clinic.locator('[data-testid="alarm-status"][data-state="accepted"]').waitFor();
    await Promise.race([at(oncall1, 'case-page').waitFor(), at(oncall2, 'case-page').waitFor()]);
    const consultId = await opened(clinic);
    consultUrl = `${scene.hub.url}/consults/${consultId}`;
    // Who was too late opens the case like anybody of the desk.
    for (const page of [oncall1, oncall2]) if ((await at(page, 'case-page').count()) === 0) await page.goto(consultUrl);
    await Promise.all([at(oncall1, 'case-page').waitFor(), at(oncall2, 'case-page').waitFor()]);
    // The double click made one case.
    await at(clinic, 'go-home').click();
    await clinic.locator('a[href^="/consults/"]').first().waitFor();
    const cases = await clinic
      .locator('a[href^="/consults/"]')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(new Set(cases).size).toBe(1);
    await clinic.locator(`a[href="/consults/${consultId}"]`).first().click();
    await at(clinic, 'case-page').waitFor();
  }, 180_000);

  test('[JO4][JO17] both sides meet in the room: decoded pictures and real sound arrive, and a third person joins by one click', async () => {
    await pressWhilePageMoves(clinic, 'join-call');
    await at(oncall1, 'join-call').click();
    await seesAndHears(oncall1, '林晓梅');
    await seesAndHears(clinic, '周明远');
    const village = await scene.signedIn('village1');
    await oncall1.getByRole('tab', { name: '人员' }).click();
    await at(oncall1, 'invite').click();
    await at(oncall1, 'invite-田小禾').click();
    await at(village, 'join-invitation').click();
    await at(village, 'join-call').click();
    await seesAndHears(village, '周明远');
    await seesAndHears(oncall1, '田小禾');
    await oncall1.keyboard.press('Escape');
    await at(village, 'leave-call').click();
    await oncall1.locator('[data-testid="peer-tile"][data-peer-name="田小禾"]').waitFor({ state: 'detached' });
    await village.close();
  }, 180_000);

  test('[JO13] the specialist switches microphone and camera and shares a screen, and the clinic sees each', async () => {
    const theirs = clinic.locator('[data-testid="peer-tile"][data-peer-name="周明远"]');
    await at(oncall1, 'toggle-microphone').click();
    await theirs.getByText('已静音').waitFor();
    await at(oncall1, 'toggle-microphone').click();
    await theirs.locator('[data-speaking="true"]').waitFor();
    await at(oncall1, 'toggle-camera').click();
    await theirs.locator('video').waitFor({ state: 'detached' });
    await at(oncall1, 'toggle-camera').click();
    await seesAndHears(clinic, '周明远');
    await at(oncall1, 'toggle-screen').click();
    await clinic.waitForFunction(() => {
      const screen = document.querySelector<HTMLVideoElement>('.case-tile-screen video');
      return (screen?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 0;
    });
    await at(oncall1, 'toggle-screen').click();
    await clinic.locator('.case-tile-screen').waitFor({ state: 'detached' });
  }, 180_000);

  test('[JO14] the leader sets layout and gain and measures; calipers and both pointers stand on the other side', async () => {
    const viewer = (page: Page) => page.locator('section.ecg-viewer[data-ecg-id]');
    await viewer(oncall1).focus();
    await at(oncall1, 'take-lead').click();
    await clinic.locator('[data-testid="lead-bar"][data-following="true"]').waitFor();
    const ecgId = await viewer(oncall1).getAttribute('data-ecg-id');
    await clinic.locator(`section.ecg-viewer[data-ecg-id="${ecgId}"][data-following="true"]`).waitFor();
    await viewer(oncall1).focus();
    await oncall1.keyboard.press('Enter');
    await oncall1.locator('[data-caliper-id]').first().waitFor();
    const caliperId = await oncall1.locator('[data-caliper-id]').first().getAttribute('data-caliper-id');
    await clinic.locator(`[data-caliper-id="${caliperId}"]`).first().waitFor();
    expect(await caliperText(clinic)).toBe(await caliperText(oncall1));
    await movePointerOver(oncall1);
    await clinic.locator('.ecg-pointer').first().waitFor();
    expect(await clinic.locator('.ecg-pointer__name').first().textContent()).toBe('周明远');
    await movePointerOver(clinic);
    await oncall1.locator('.ecg-pointer').first().waitFor();
  }, 180_000);

  test('[JO5] CT and DR travel by drag and drop; one side leads, the other follows slice and window', async () => {
    await openImagingTab(clinic);
    await dropFiles(at(clinic, 'dicom-upload-zone'), images);
    await openImagingTab(oncall1);
    await oncall1.locator('[data-testid="imaging-viewer"][data-sop-instance-uid]').waitFor();
    await oncall1.locator('[data-testid="lead-bar"][data-leading="true"]').waitFor();
    await clinic.locator('[data-testid="lead-bar"][data-following="true"]').waitFor();
    const ct = oncall1.locator('[data-series-button]').filter({ hasText: '8 幅' });
    const ctUid = await ct.getAttribute('data-series-button');
    await ct.click();
    await oncall1
      .locator(`[data-testid="imaging-viewer"][data-series-uid="${ctUid}"][data-sop-instance-uid]`)
      .waitFor();
    const before = await shownInstance(oncall1);
    await at(oncall1, 'imaging-viewer').focus();
    await oncall1.keyboard.press('ArrowDown');
    await oncall1.waitForFunction(
      (uid) => document.querySelector('[data-testid="imaging-viewer"]')?.getAttribute('data-sop-instance-uid') !== uid,
      before,
    );
    const led = await shownInstance(oncall1);
    await clinic.locator(`[data-testid="imaging-viewer"][data-sop-instance-uid="${led}"]`).waitFor();
    await at(clinic, 'toggle-follow').click();
    await clinic.locator('[data-testid="lead-bar"][data-following="false"]').waitFor();
  }, 180_000);

  test('[JO6] kill -9 in the middle of a call and an upload: every window comes back by itself and the upload goes on', async () => {
    const more = synthesizeCt({ patient: wangInDicom, slices: 30, rows: 128, columns: 128, seed: 9 }).files;
    await at(clinic, 'dicom-upload').setInputFiles(await scene.dicomFiles('more', more));
    await clinic.waitForFunction(
      () => Number(document.querySelector('[data-testid="dicom-upload-summary"]')?.getAttribute('data-done') ?? 0) > 11,
    );
    await scene.hub.kill();
    await clinic.locator('[data-testid="call"]:not([data-connection="connected"])').waitFor();
    await scene.hub.start();
    for (const page of [clinic, oncall1])
      await page.locator('[data-testid="call"][data-connection="connected"]').waitFor();
    await seesAndHears(clinic, '周明远');
    await clinic.waitForFunction(() => {
      const summary = document.querySelector('[data-testid="dicom-upload-summary"]');
      return summary !== null && summary.getAttribute('data-done') === summary.getAttribute('data-total');
    });
    expect(await opened(clinic)).toBe(await opened(oncall1));
    for (const page of [clinic, oncall1]) await at(page, 'leave-call').click();
  }, 240_000);

  test('[JO7] one doctor signs, another returns it with a reason and then signs; the clinic opens the PDF', async () => {
    await oncall1.getByRole('tab', { name: '报告' }).click();
    await at(oncall1, 'draft-ecg-report').click();
    await at(oncall1, 'report-findings').fill('II、III、aVF导联ST段弓背向上抬高0.2mV。');
    await at(oncall1, 'report-impression').fill('急性下壁ST段抬高型心肌梗死。');
    await sign(oncall1);
    await oncall2.getByRole('tab', { name: '报告' }).click();
    await at(oncall2, 'return-report').click();
    await at(oncall2, 'return-text').fill('请补充右胸导联建议');
    await at(oncall2, 'confirm-return').click();
    await oncall1.locator('[data-testid="return-reason"]').waitFor();
    await at(oncall1, 'report-advice').fill('加做V3R、V4R；立即转运。');
    await sign(oncall1);
    await at(oncall2, 'review-report').click();
    await oncall2.locator('#confirm-review').click();
    await clinic.getByRole('tab', { name: '报告' }).click();
    await clinic.locator('[data-testid="report"][data-state="final"]').waitFor();
    const code = (await at(clinic, 'verification-code').innerText()).trim();
    const pdf = await clinic.evaluate(async () => {
      const link = document.querySelector<HTMLAnchorElement>('[data-testid="open-pdf"]')!;
      const response = await fetch(link.href);
      return {
        type: response.headers.get('content-type'),
        head: String.fromCharCode(...new Uint8Array(await response.arrayBuffer()).slice(0, 5)),
      };
    });
    expect(pdf).toEqual({ type: 'application/pdf', head: '%PDF-' });
    const verified = (await (
      await fetch(`${scene.hub.url}/verify/${code}`, { headers: { accept: 'application/json' } })
    ).json()) as Record<string, string>;
    expect(verified).toMatchObject({ state: 'valid', reporterName: '周明远', reviewerName: '沈怀安' });
    expect(JSON.stringify(verified)).not.toContain(wang.name);
  }, 180_000);

  test('[JO8] the referral is accepted, the patient arrives, the consult closes and stays readable', async () => {
    await oncall1.getByRole('tab', { name: '转诊与时间' }).click();
    await at(oncall1, 'accept-referral').click();
    await at(oncall1, 'confirm-arrival').click();
    await oncall1.locator('[data-testid="referral"][data-state="arrived"]').waitFor();
    await at(oncall1, 'close-consult').click();
    await at(oncall1, 'outcome-transfer-pci').click();
    await at(oncall1, 'confirm-close').click();
    await clinic.locator('[data-testid="case-page"][data-state="closed"]').waitFor();
  }, 180_000);

  test('[JO9] after all browsers are closed and everybody signs in again, everything acknowledged is there once', async () => {
    await scene.browser.close();
    const page = await (await scene.anotherBrowser()).window();
    await signIn(page, scene.hub.url, 'clinic1');
    await page.goto(consultUrl);
    await page.locator('[data-testid="case-page"][data-state="closed"]').waitFor();
    await page.getByRole('tab', { name: '报告' }).click();
    await page.locator('[data-testid="report"][data-state="final"]').waitFor();
    expect(await page.locator('[data-testid="report"]').count()).toBe(1);
    await page.getByRole('tab', { name: /心电 2/ }).waitFor();
    await page.getByRole('tab', { name: /影像 2|影像 1/ }).waitFor();
  }, 180_000);
});

const shownInstance = async (page: Page) => (await at(page, 'imaging-viewer').getAttribute('data-sop-instance-uid'))!;

const caliperText = (page: Page) => page.locator('.ecg-caliper__text').first().textContent();

async function movePointerOver(page: Page): Promise<void> {
  const box = (await page.locator('section.ecg-viewer canvas').first().boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4);
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5, { steps: 4 });
}

async function sign(page: Page): Promise<void> {
  await at(page, 'sign-report').click();
  await page.locator('#confirm-sign').click();
  await page.locator('[data-testid="report"][data-state="awaiting-review"]').waitFor();
}
