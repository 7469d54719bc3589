import type { Page } from 'playwright-core';
import type { SyntheticSeries } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { acceptedCase } from '../support/accepted-case.ts';
import type { TestClient } from '../support/hub.ts';
import type { BenchHub } from './bench-hub.ts';
import { bodyOf, related } from './imaging-bench.ts';
import type { SlowLine } from './slow-line.ts';

/** A picture stands on the screen. */
export const SHOWN = '[data-testid="imaging-viewer"][data-sop-instance-uid]';

export interface CaseWithImages {
  consultId: string;
  clinic: TestClient;
  reader: TestClient;
}

/** A clinic and a reader in one case that holds the series. */
export async function caseWith(hub: BenchHub, series: SyntheticSeries): Promise<CaseWithImages> {
  const clinic = await hub.signIn('clinic1');
  const reader = await hub.signIn('oncall1');
  const { consultId } = await acceptedCase(await clinic.connect(), await reader.connect(), '测像');
  const stored = await clinic.http(`/dicom-web/studies?consultId=${consultId}&confirmMismatch=true`, {
    method: 'POST',
    headers: { 'content-type': related },
    body: bodyOf(series.files),
  });
  if (stored.status !== 200) throw new Error(`STOW-RS: ${stored.status} ${(await stored.text()).slice(0, 200)}`);
  return { consultId, clinic, reader };
}

export const imagesTab = (page: Page) => page.getByRole('tab', { name: /影像/ });

/** The same person behind the line, whose address is another one. */
export const behind = (line: SlowLine, client: TestClient) =>
  ({ url: line.url, cookie: client.cookie }) as unknown as TestClient;

/** The case's pictures, all of them there. */
export async function openImages(page: Page, url: string, consultId: string): Promise<void> {
  await page.goto(`${url}/consults/${consultId}`);
  await imagesTab(page).click();
  await page.locator(SHOWN).waitFor();
  // All of them: the reader's line has nothing more to carry.
  await page.waitForLoadState('networkidle');
  await page.locator('[data-testid="imaging-viewer"]').focus();
}
