import type { Page } from 'playwright-core';

/** At the receiver: frames of this person's picture are decoded. */
export async function sees(page: Page, name: string): Promise<void> {
  await page.locator(`[data-testid="peer-tile"][data-peer-name="${name}"] video`).waitFor();
  await page.waitForFunction((peer) => {
    const video = document.querySelector<HTMLVideoElement>(`[data-peer-name="${peer}"] video`);
    return (video?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 15 && video!.videoWidth > 0;
  }, name);
}

/** At the receiver: this person's voice carries energy, as their tile shows. */
export async function hears(page: Page, name: string): Promise<void> {
  await page.locator(`[data-testid="peer-tile"][data-peer-name="${name}"] [data-speaking="true"]`).waitFor();
}

export async function seesAndHears(page: Page, name: string): Promise<void> {
  await sees(page, name);
  await hears(page, name);
}
