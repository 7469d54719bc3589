// Runs in the pages that are measured, ours and the bare ones, before their own code. All times are milliseconds
// since the epoch, with fractions, so that two windows of one browser can be compared.
{
  const now = () => performance.timeOrigin + performance.now();
  const limitMs = 60_000;
  /** Calls `look` now and at each change until it settles the promise; whoever waits in vain learns what stood there. */
  const watching = (what, look) =>
    new Promise((resolve, reject) => {
      let observer;
      const stop = () => {
        observer?.disconnect();
        clearTimeout(limit);
      };
      const limit = setTimeout(() => {
        stop();
        const texts = document.querySelector('[data-testid="call"]') ?? document.body;
        const state = JSON.stringify({ ...texts.dataset, text: texts.innerText.slice(0, 300) });
        reject(new Error(`${what} has not come; the page says ${state}`));
      }, limitMs);
      const done = () => {
        stop();
        resolve(now());
      };
      observer = new MutationObserver(() => look(done));
      observer.observe(document, { subtree: true, childList: true, attributes: true });
      look(done);
    });
  let counted = null;
  let watched = null;
  const clock = {
    loadedAt: performance.timeOrigin,
    pressedAt: Number.NaN,
    /** When an element is there that matches. */
    appeared: (selector) => watching(selector, (done) => document.querySelector(selector) && done()),
    /** When the first decoded frame of a video is handed to the screen; also where the element is made anew. */
    firstFrame: (selector) => {
      const followed = new WeakSet();
      return watching(`a frame of ${selector}`, (done) => {
        const video = document.querySelector(selector);
        if (video === null || followed.has(video)) return;
        followed.add(video);
        video.requestVideoFrameCallback(done);
      });
    },
    /** Resolves after so many frames. */
    frames: (count) =>
      new Promise((resolve) => {
        const frame = () => ((count -= 1) > 0 ? requestAnimationFrame(frame) : resolve());
        requestAnimationFrame(frame);
      }),
    /** From now on the milliseconds between two frames are kept, until `frameGaps` takes them. */
    countFrames: () => {
      const gaps = [];
      let last = null;
      const frame = (at) => {
        if (last !== null) gaps.push(at - last);
        last = at;
        if (counted === gaps) requestAnimationFrame(frame);
      };
      counted = gaps;
      requestAnimationFrame(frame);
    },
    frameGaps: () => {
      const gaps = counted;
      counted = null;
      return gaps;
    },
    /** From now on each picture that the image viewer really shows is noted, until `slices` takes them. */
    watchSlices: () => {
      const viewer = document.querySelector('[data-testid="imaging-viewer"]');
      const shown = [];
      const observer = new MutationObserver(() => {
        const uid = viewer.dataset.sopInstanceUid;
        if (uid !== undefined && uid !== shown.at(-1)?.[0]) shown.push([uid, now()]);
      });
      observer.observe(viewer, { attributes: true, attributeFilter: ['data-sop-instance-uid'] });
      watched = { shown, observer };
    },
    slices: () => {
      watched.observer.disconnect();
      return watched.shown;
    },
    now,
  };
  window.addEventListener('click', () => (clock.pressedAt = now()), true);
  window.benchClock = clock;
}
