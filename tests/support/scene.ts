import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser, signIn, type BrowserOptions, type TestBrowser, type WindowOptions } from './browser.ts';
import { startHubProcess, type HubProcess } from './hub-process.ts';

/** Time for a journey's beforeAll: a hub, a browser and its windows on a busy machine. */
export const SCENE_MS = 240_000;

/** What a journey plays on: the hub as a process of its own, Chromium, and a folder of files that people pick. */
export interface Scene {
  readonly hub: HubProcess;
  readonly browser: TestBrowser;
  /** Another PC whose browser is set otherwise, e.g. denies devices; it closes with the scene. */
  anotherBrowser(options?: BrowserOptions): Promise<TestBrowser>;
  /** A window of its own browser profile, nowhere yet. */
  window(options?: WindowOptions): Promise<Page>;
  /** A window in which this demonstration account stands on its first page. */
  signedIn(username: string, options?: WindowOptions): Promise<Page>;
  /** Writes a file; resolves to its path. */
  file(name: string, bytes: Uint8Array): Promise<string>;
  /** Writes `NAME-0.dcm`, `NAME-1.dcm` and so on; resolves to their paths. */
  dicomFiles(name: string, contents: readonly Uint8Array[]): Promise<string[]>;
  /** Where a file of this name stands, or is to be written. */
  path(name: string): string;
  /** Ends browsers and hub, and removes all files. */
  close(): Promise<void>;
}

/** Enough to see that a picture lives; every frame costs each window. */
const slowCamera = { framesPerSecond: 10 };

/** Starts hub and browser beside each other, on free ports and in new folders. */
export async function openScene(options: BrowserOptions = {}): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'lianzhen-files-'));
  const starting = { hub: startHubProcess(), browser: openBrowser({ ...slowCamera, ...options }) };
  const others: Promise<TestBrowser>[] = [];
  const close = async () => {
    // Each of them may have failed to start: what did start must end nevertheless.
    for (const browser of await Promise.allSettled([starting.browser, ...others]))
      if (browser.status === 'fulfilled') await browser.value.close();
    await starting.hub.then((hub) => hub.close()).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  };
  let hub: HubProcess;
  let browser: TestBrowser;
  try {
    [hub, browser] = await Promise.all([starting.hub, starting.browser]);
  } catch (error) {
    await close();
    throw error;
  }
  const path = (name: string) => join(folder, name);
  const file = async (name: string, bytes: Uint8Array) => {
    await writeFile(path(name), bytes);
    return path(name);
  };
  return {
    hub,
    browser,
    anotherBrowser(wanted) {
      const opening = openBrowser({ ...slowCamera, ...wanted });
      others.push(opening);
      return opening;
    },
    window: (wanted) => browser.window(wanted),
    async signedIn(username, wanted) {
      const page = await browser.window(wanted);
      await signIn(page, hub.url, username);
      return page;
    },
    path,
    file,
    dicomFiles: (name, contents) => Promise.all(contents.map((bytes, index) => file(`${name}-${index}.dcm`, bytes))),
    close,
  };
}
