/** One connected browser window. */
export interface PresentWindow {
  windowId: string;
  accountId: string;
  organisationId: string;
  /** Whether the window can ring aloud right now; null until it has said so. */
  canSound: boolean | null;
}

/** Who is connected at this moment. Holds nothing that a restart would lose: windows say it anew when they connect. */
export interface Presence {
  add(window: PresentWindow): void;
  remove(windowId: string): void;
  setSound(windowId: string, canSound: boolean): void;
  ofAccount(accountId: string): PresentWindow[];
  count(): number;
  /** Called with the account whose windows came, went or changed their sound. */
  onChange(listener: (window: PresentWindow) => void): void;
}

export function openPresence(): Presence {
  const windows = new Map<string, PresentWindow>();
  const listeners: ((window: PresentWindow) => void)[] = [];
  const changed = (window: PresentWindow) => listeners.forEach((listener) => listener(window));
  return {
    add(window) {
      windows.set(window.windowId, window);
      changed(window);
    },
    remove(windowId) {
      const window = windows.get(windowId);
      if (window === undefined) return;
      windows.delete(windowId);
      changed(window);
    },
    setSound(windowId, canSound) {
      const window = windows.get(windowId);
      if (window === undefined || window.canSound === canSound) return;
      window.canSound = canSound;
      changed(window);
    },
    ofAccount: (accountId) => [...windows.values()].filter((window) => window.accountId === accountId),
    count: () => windows.size,
    onChange(listener) {
      listeners.push(listener);
    },
  };
}
