import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { at } from '../support/browser.ts';
import { writeHolter } from '../support/ecg-files/holter-file.ts';
import { openScene, SCENE_MS, type Scene } from '../support/scene.ts';
import { registerPatient } from '../support/steps.ts';

// Two hours and a half, of which the last half hour beats twice as fast. Each test goes on where the last one stopped.

describe('a Holter recording', () => {
  let scene: Scene;
  let clinic: Page;
  const asked: string[] = [];

  beforeAll(async () => {
    scene = await openScene();
    clinic = await scene.signedIn('clinic1');
    clinic.on('request', (request) => asked.push(request.url()));
    await writeHolter(scene.path('holter.edf'), { format: 'edf', minutes: 150, fastFromMinute: 120 });
  }, SCENE_MS);
  afterAll(() => scene?.close());

  /** The page's trace is there, and this many R waves of lead II are counted in what is loaded, a minute. */
  const shownRate = async () => {
    await at(clinic, 'ecg-page-state').waitFor({ state: 'detached' });
    await clinic.locator('.ecg-measurements[data-heart-rate]').waitFor();
    return Number(await clinic.locator('.ecg-measurements').getAttribute('data-heart-rate'));
  };
  const pageTime = () => at(clinic, 'ecg-page-time').innerText();

  test('[HO6] is uploaded as one file and stands there with its overview and its rate trend', async () => {
    await registerPatient(clinic, { name: '何远山' });
    await at(clinic, 'ecg-upload').setInputFiles(scene.path('holter.edf'));
    await clinic.locator('[data-testid="ecg-overview"][data-overview="true"]').waitFor();
    await at(clinic, 'ecg-rate-trend').waitFor();
    expect(await shownRate()).toBeLessThan(65);
    expect(await pageTime()).toMatch(/^08:00:00 0:00–0:10 \/ 共 2:30:00$/);
    expect(await at(clinic, 'pre-read').innerText()).toContain('只判读了开头 2 分钟');
    expect(await at(clinic, 'ecg-measured-part').innerText()).toContain('均不代表全程');
  }, 120_000);

  test('[HO6] dragged to its last hour, the trace of that time is there', async () => {
    await at(clinic, 'ecg-overview').scrollIntoViewIfNeeded();
    const strip = (await at(clinic, 'ecg-overview').boundingBox())!;
    const y = strip.y + strip.height / 2;
    await clinic.mouse.move(strip.x + 4, y);
    await clinic.mouse.down();
    for (const share of [0.2, 0.4, 0.6, 0.8, 0.9]) await clinic.mouse.move(strip.x + strip.width * share, y);
    await clinic.mouse.up();
    await clinic.waitForFunction(() =>
      /^10:1\d:/.test(document.querySelector('[data-testid="ecg-page-time"]')?.textContent ?? ''),
    );
    expect(await shownRate()).toBeGreaterThan(110);
    expect(await at(clinic, 'ecg-minute-rate').innerText()).toMatch(/1[12]\d 次\/分/);
    // Places between were passed over: neither their samples nor the whole were asked for.
    const spans = asked.filter((url) => /\/api\/ecgs\/\w+\/waveform/.test(url));
    expect(spans.every((url) => url.includes('fromSeconds='))).toBe(true);
    expect(spans.length).toBeLessThan(12);
  }, 120_000);

  test('[HO6] goes to a time of the day, by keys to both ends, and over the edge of what is loaded', async () => {
    await at(clinic, 'ecg-go-to-time').fill('08:45:10');
    await at(clinic, 'ecg-go-to-time').press('Enter');
    await clinic.waitForFunction(() =>
      document.querySelector('[data-testid="ecg-page-time"]')?.textContent?.startsWith('08:45:10'),
    );
    expect(await shownRate()).toBeLessThan(65);
    await at(clinic, 'ecg-go-to-time').fill('07:59');
    await at(clinic, 'ecg-go-to-time').press('Enter');
    await clinic.getByText('记录中没有这个时间').waitFor();
    await clinic.locator('.ecg-viewer').focus();
    await clinic.keyboard.press('End');
    await clinic.waitForFunction(() =>
      document.querySelector('[data-testid="ecg-page-time"]')?.textContent?.startsWith('10:29:50'),
    );
    expect(await shownRate()).toBeGreaterThan(110);
    for (let page = 0; page < 12; page += 1) await clinic.keyboard.press('PageUp');
    await clinic.waitForFunction(() =>
      document.querySelector('[data-testid="ecg-page-time"]')?.textContent?.startsWith('10:27:50'),
    );
    expect(await shownRate()).toBeGreaterThan(110);
  }, 120_000);
});
