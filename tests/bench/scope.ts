interface Closable {
  close(): Promise<unknown>;
}

interface Scope {
  kept: Closable[];
  closed: Promise<void> | null;
}

const openScopes = new Set<Scope>();

/** Runs with things that are closed at the end, the newest first, also when something fails on the way. */
export async function inScope<T>(run: (keep: <C extends Closable>(thing: C) => C) => Promise<T>): Promise<T> {
  const scope: Scope = { kept: [], closed: null };
  openScopes.add(scope);
  try {
    return await run((thing) => {
      scope.kept.push(thing);
      return thing;
    });
  } finally {
    await close(scope);
    openScopes.delete(scope);
  }
}

/** For a bench that is ended from outside or takes too long: no process may stay behind. */
export async function closeOpenScopes(): Promise<void> {
  await Promise.all([...openScopes].map(close));
}

/** Once, whoever asks: the end of the bench makes its scopes fail, and then both want to close them. */
function close(scope: Scope): Promise<void> {
  scope.closed ??= (async () => {
    for (const thing of scope.kept.reverse())
      await thing.close().catch((cause: unknown) => console.error(`bench: could not close: ${String(cause)}`));
  })();
  return scope.closed;
}
