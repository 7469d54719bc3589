import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { synthesizeDr } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { BOX_SERIES, boxSeries } from '../support/box-series.ts';
import { at } from '../support/browser.ts';
import { openScene, SCENE_MS, type Scene } from '../support/scene.ts';
import { goOnDuty, meetInCase, openImagingTab, registerPatient, wang, wangInDicom } from '../support/steps.ts';

// A CT whose content is known to the millimetre is cut anew by the reader, and the clinic follows. Each test goes on
// where the last one stopped.

type Millimetres = [x: number, y: number, z: number];
const START = -((BOX_SERIES.columns - 1) / 2) * BOX_SERIES.pixelMm;
const HEIGHT = Math.round(((BOX_SERIES.slices - 1) * BOX_SERIES.sliceMm) / BOX_SERIES.pixelMm) + 1;
/** Where a point stands on a plane's picture: columns and rows of 2 mm, the left of the patient on the right. */
const PLANES = [
  { size: [64, 64], place: ([x, y]: Millimetres) => [(x - START) / 2 + 0.5, (y - START) / 2 + 0.5] },
  { size: [64, HEIGHT], place: ([x, , z]: Millimetres) => [(x - START) / 2 + 0.5, -z / 2 + 0.5] },
  { size: [64, HEIGHT], place: ([, y, z]: Millimetres) => [(y - START) / 2 + 0.5, -z / 2 + 0.5] },
] as const;
const [AXIAL, CORONAL, SAGITTAL] = [0, 1, 2] as const;
/** Of 1000 HU and of air in the bone window. */
const [BRIGHT, DARK] = [213, 0];

describe('a CT is cut in three planes, and the follower sees the same', () => {
  let scene: Scene;
  let clinic: Page;
  let reader: Page;
  let files: string[];

  beforeAll(async () => {
    scene = await openScene();
    clinic = await scene.signedIn('clinic1');
    reader = await scene.signedIn('oncall1');
    await goOnDuty(reader);
    files = await scene.dicomFiles('image', [
      ...boxSeries(wangInDicom, '2.25.251300000000000000'),
      synthesizeDr({ patient: wangInDicom, rows: 160, columns: 140 }),
    ]);
  }, SCENE_MS);
  afterAll(() => scene?.close());

  const viewer = (page: Page, drawn = '') => page.locator(`[data-testid="imaging-viewer"]${drawn}`);
  const pane = (plane: number) => `.iv-pane[data-pane="${plane}"]`;
  /** Where a point of the patient stands on the screen, from the upper left corner of its pane. */
  const placeIn = async (page: Page, plane: number, point: Millimetres) => {
    const box = (await page.locator(pane(plane)).boundingBox())!;
    const { size, place } = PLANES[plane]!;
    const [column, row] = place(point) as [number, number];
    const scale = Math.min(box.width / size[0], box.height / size[1]);
    return {
      x: box.width / 2 + (column - size[0] / 2) * scale,
      y: box.height / 2 + (row - size[1] / 2) * scale,
      box,
    };
  };
  const greyAt = async (page: Page, plane: number, point: Millimetres): Promise<number> => {
    const { x, y } = await placeIn(page, plane, point);
    return page.locator(`${pane(plane)} canvas`).evaluate(
      (canvas, [left, top]) => {
        const pixels = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(left!, top!, 1, 1);
        return pixels.data[0]!;
      },
      [Math.round(x * 1), Math.round(y * 1)],
    );
  };
  /** Until a picture is drawn there stands what was there before. */
  const seeGrey = async (page: Page, plane: number, point: Millimetres, grey: number) => {
    for (const until = Date.now() + 20_000; Date.now() < until;) {
      if (Math.abs((await greyAt(page, plane, point)) - grey) <= 4) return;
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    expect(`${plane}: ${point.join(' ')}: ${await greyAt(page, plane, point)}`).toBe(grey);
  };

  test('[JO25, IV3] each series’ small picture comes from the hub, one request for each', async () => {
    await registerPatient(clinic, wang);
    await meetInCase(clinic, reader);
    await openImagingTab(clinic);
    await at(clinic, 'dicom-upload').setInputFiles(files);
    await clinic.getByText('16 幅', { exact: true }).waitFor();
    await clinic.getByText('DX', { exact: true }).waitFor();
    const asked: string[] = [];
    reader.on('request', (request) => {
      if (request.url().endsWith('/thumbnail')) asked.push(request.url());
    });
    await reader.getByRole('tab', { name: /影像 / }).click();
    await at(reader, 'series-thumbnail').nth(1).waitFor();
    expect(new Set(asked).size).toBe(2);
    expect(asked).toHaveLength(2);
    for (const page of [clinic, reader]) await viewer(page, '[data-sop-instance-uid]').waitFor();
  }, 240_000);

  test('[JO25, IV5] a display too poor for a diagnosis is told once, until the reader has understood', async () => {
    await at(reader, 'display-warning').getByText('1366×768').waitFor();
    await at(reader, 'display-warning').getByRole('button').click();
    await at(reader, 'display-warning').waitFor({ state: 'detached' });
    // The window's next viewer stays silent, another window's does not.
    await reader.reload();
    await reader.getByRole('tab', { name: /影像 / }).click();
    await viewer(reader, '[data-sop-instance-uid]').waitFor();
    expect(await at(reader, 'display-warning').count()).toBe(0);
    expect(await at(clinic, 'display-warning').count()).toBe(1);
    await at(clinic, 'display-warning').getByRole('button').click();
  }, 120_000);

  test('[JO25, IV4] a picture stands in true size on a screen that was measured with a card', async () => {
    await reader.locator('[data-series-button]').filter({ hasText: 'CT' }).click();
    await viewer(reader, '[data-series-uid="2.25.251300000000000000.2"]').focus();
    await reader.keyboard.press('Shift+X');
    await reader.getByRole('dialog').waitFor();
    await reader.keyboard.press('Escape');
    await reader.getByRole('dialog').waitFor({ state: 'detached' });
    await viewer(reader).focus();
    await reader.keyboard.press('Shift+X');
    // As delivered, a card is 85.6 mm of 96 pixels to the inch.
    await reader
      .getByRole('dialog')
      .getByRole('button', { name: '保 存' })
      .or(reader.getByRole('dialog').getByRole('button', { name: '保存' }))
      .click();
    await reader.getByText('真实大小', { exact: true }).waitFor();
    const box = (await reader.locator('.iv-pane').boundingBox())!;
    const pixelsPerMm = Math.round((85.6 * 96) / 25.4) / 85.6;
    const fitted = Math.min(box.width, box.height) / BOX_SERIES.columns;
    const zoom = Number(await viewer(reader).getAttribute('data-zoom'));
    expect(zoom * fitted).toBeCloseTo(BOX_SERIES.pixelMm * pixelsPerMm, 1);
  }, 120_000);

  test('[JO25, IV2] a radiograph says why it cannot be cut', async () => {
    await at(reader, 'take-lead').click();
    await reader.locator('[data-testid="lead-bar"][data-leading="true"]').waitFor();
    await reader.locator('[data-series-button]').filter({ hasText: 'DX' }).click();
    await viewer(reader).focus();
    await reader.keyboard.press('Shift+M');
    await at(reader, 'reformat-refused').getByText('该序列只有 1 幅图像').waitFor();
    await reader.keyboard.press('Shift+M');
    await at(reader, 'reformat-refused').waitFor({ state: 'detached' });
  }, 120_000);

  test('[JO25, IV1] a box stands in each plane where its millimetres say, with its HU, on both sides', async () => {
    await reader.locator('[data-series-button]').filter({ hasText: 'CT' }).click();
    await viewer(reader).focus();
    await reader.keyboard.press('Shift+M');
    await reader.keyboard.press('8');
    for (const page of [reader, clinic]) {
      await viewer(page, '[data-reformat="axial"][data-window-width="1800"]').waitFor();
      // Inside and outside of each edge: one pixel is 2 mm, one slice 8 mm.
      for (const [plane, edges] of [
        [
          AXIAL,
          [
            [17, 0],
            [25, 0],
            [-17, 0],
            [-25, 0],
            [0, 27],
            [0, 35],
            [0, -27],
            [0, -35],
          ].map(([x, y]) => [x, y, -62]),
        ],
        [
          CORONAL,
          [
            [17, -60],
            [25, -60],
            [-17, -60],
            [-25, -60],
            [0, -44],
            [0, -30],
            [0, -76],
            [0, -90],
          ].map(([x, z]) => [x, 0, z]),
        ],
        [
          SAGITTAL,
          [
            [27, -60],
            [35, -60],
            [-27, -60],
            [-35, -60],
            [0, -44],
            [0, -30],
            [0, -76],
            [0, -90],
          ].map(([y, z]) => [0, y, z]),
        ],
      ] as [number, Millimetres[]][]) {
        for (const [index, point] of edges.entries())
          await seeGrey(page, plane, point, index % 2 === 0 ? BRIGHT : DARK);
      }
    }
    const middle = await placeIn(reader, CORONAL, [10, 0, -60]);
    await reader.mouse.move(middle.box.x + middle.x, middle.box.y + middle.y);
    await reader.locator(pane(CORONAL)).getByText('1000 HU').waitFor();
  }, 120_000);

  test('[JO25, IV1] a dragged line moves its plane, a slab gathers what lies beside it, on both sides', async () => {
    // The coronal plane goes behind the box: nothing of it is left there.
    const from = await placeIn(reader, AXIAL, [-50, 1, -64]);
    const to = await placeIn(reader, AXIAL, [-50, 49, -64]);
    await reader.mouse.move(from.box.x + from.x, from.box.y + from.y);
    await reader.mouse.down();
    await reader.mouse.move(to.box.x + to.x, to.box.y + to.y, { steps: 4 });
    await reader.mouse.up();
    for (const page of [reader, clinic]) await seeGrey(page, CORONAL, [0, 49, -60], DARK);
    // 50 mm thick it reaches 5 mm into the box.
    await viewer(reader).focus();
    for (const key of [']', ']', ']', ']', ']', ']', ']', '\\']) await reader.keyboard.press(key);
    for (const page of [reader, clinic]) {
      await viewer(page, '[data-slab="50"][data-projection="maximum"]').waitFor();
      await seeGrey(page, CORONAL, [0, 49, -60], BRIGHT);
      await seeGrey(page, CORONAL, [30, 49, -60], DARK);
      await seeGrey(page, SAGITTAL, [0, 0, -60], BRIGHT);
    }
    expect(await viewer(clinic).getAttribute('data-position')).toBe(await viewer(reader).getAttribute('data-position'));

    // A length across the box in the axial plane.
    const [left, right] = [await placeIn(reader, AXIAL, [-20, -10, -64]), await placeIn(reader, AXIAL, [20, -10, -64])];
    await reader.keyboard.press('l');
    await reader.mouse.move(left.box.x + left.x, left.box.y + left.y);
    await reader.mouse.down();
    await reader.mouse.move(right.box.x + right.x, right.box.y + right.y, { steps: 3 });
    await reader.mouse.up();
    const words = clinic.locator(`${pane(AXIAL)} [data-measurement="length"] text`);
    await words.waitFor();
    expect(Math.abs(Number.parseFloat((await words.textContent())!) - 40)).toBeLessThan(1);

    await reader.keyboard.press('Shift+M');
    for (const page of [reader, clinic]) await viewer(page, ':not([data-reformat])[data-layout="1x1"]').waitFor();
    expect(await clinic.locator('[data-measurement]').count()).toBe(0);
  }, 120_000);
});
