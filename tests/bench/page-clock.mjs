// Runs in the pages that are measured, ours and the bare ones, before their own code. All times are milliseconds
// since the epoch, with fractions, so that two windows of one browser can be compared.
{
  const now = () => performance.timeOrigin + performance.now();
  const untilThere = (selector) =>
    new Promise((resolve) => {
      const look = () => {
        const found = document.querySelector(selector);
        if (found === null) return false;
        observer.disconnect();
        resolve(found);
        return true;
      };
      const observer = new MutationObserver(look);
      if (!look()) observer.observe(document, { subtree: true, childList: true, attributes: true });
    });
  const clock = {
    loadedAt: performance.timeOrigin,
    pressedAt: Number.NaN,
    /** When an element is there that matches. */
    appeared: (selector) => untilThere(selector).then(now),
    /** When the first decoded frame of a video is handed to the screen. */
    firstFrame: async (selector) => {
      const video = await untilThere(selector);
      return new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(now())));
    },
    now,
  };
  window.addEventListener('click', () => (clock.pressedAt = now()), true);
  window.benchClock = clock;
}
