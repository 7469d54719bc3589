import type { CDPSession, Page } from 'playwright-core';

/**
 * Looks into a window without touching it. Playwright's own locators and scripts count as the person's gesture, and a
 * page that was touched may sound: these looks, over the DevTools protocol, do not.
 */
export interface UntouchedWindow {
  /** Resolves to the expression's value once it is truthy; looks at every frame. */
  until<T>(expression: string): Promise<T>;
  /** A real press of the mouse: from here on the window has been touched. */
  press(selector: string): Promise<void>;
}

export async function withoutTouching(page: Page): Promise<UntouchedWindow> {
  const session: CDPSession = await page.context().newCDPSession(page);
  async function until<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression: `new Promise((resolve) => {
        const look = () => { const seen = (${expression}); if (seen) resolve(seen); else requestAnimationFrame(look); };
        look();
      })`,
      awaitPromise: true,
      returnByValue: true,
      userGesture: false,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value as T;
  }
  return {
    until,
    async press(selector) {
      const [x, y] = await until<[number, number]>(`(() => {
        const box = document.querySelector('${selector}')?.getBoundingClientRect();
        return box && box.width > 0 ? [box.x + box.width / 2, box.y + box.height / 2] : null;
      })()`);
      for (const type of ['mousePressed', 'mouseReleased'] as const) {
        await session.send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
      }
    },
  };
}

/**
 * Lets a test hear a window: whatever the page sends to the loudspeaker also goes past an analyser.
 * `window.heardEnergy()` is the loudest sample of the last moment, 0 in silence.
 */
export async function listenTo(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const ears: AnalyserNode[] = [];
    const connect = AudioNode.prototype.connect as (this: AudioNode, to: AudioNode, ...rest: number[]) => AudioNode;
    AudioNode.prototype.connect = function (this: AudioNode, to: AudioNode, ...rest: number[]) {
      if (to === this.context.destination) {
        const ear = this.context.createAnalyser();
        connect.call(this, ear);
        ears.push(ear);
      }
      return connect.call(this, to, ...rest);
    } as typeof AudioNode.prototype.connect;
    Object.assign(window, {
      heardEnergy: () => {
        let loudest = 0;
        for (const ear of ears) {
          const samples = new Float32Array(ear.fftSize);
          ear.getFloatTimeDomainData(samples);
          for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
        }
        return loudest;
      },
    });
  });
}
