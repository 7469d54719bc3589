interface Closable {
  close(): Promise<unknown>;
}

const openScopes: Closable[][] = [];

/** Runs with things that are closed at the end, the newest first, also when something fails on the way. */
export async function inScope<T>(run: (keep: <C extends Closable>(thing: C) => C) => Promise<T>): Promise<T> {
  const kept: Closable[] = [];
  openScopes.push(kept);
  try {
    return await run((thing) => {
      kept.push(thing);
      return thing;
    });
  } finally {
    await closeAll(kept);
    openScopes.splice(openScopes.indexOf(kept), 1);
  }
}

/** For a bench that is ended from outside or takes too long: no process may stay behind. */
export async function closeOpenScopes(): Promise<void> {
  for (const scope of openScopes) await closeAll(scope);
}

async function closeAll(kept: Closable[]): Promise<void> {
  for (const thing of kept.splice(0).reverse()) {
    await thing.close().catch((cause: unknown) => console.error(`bench: could not close: ${String(cause)}`));
  }
}
