import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react';
import type { SessionView } from '../shared/contracts/accounts.ts';
import { keepCacheInStep } from './connection/notice-cache.ts';
import { Refusal } from './connection/refusal.ts';
import { takeWindowId } from './connection/window-id.ts';
import { createWiring, WiringContext, type Wiring } from './connection/wiring.tsx';
import { SoundProvider } from './features/alarms/sound-context.tsx';
import { Frame } from './features/frame/Frame.tsx';
import { ToastProvider } from './ui/toasts.tsx';

/** Once per page: a second sign-in in this window is the same window. */
const windowId = takeWindowId(window);

export interface SignedInProps {
  session: SessionView;
  /** `ended`: the hub ended the session; `signed-out`: the person did, here. */
  onEnd: (reason: 'replaced' | 'ended' | 'signed-out') => void;
}

/** A window with a session: its line to the hub, its cache, its uploads, and the frame with the screens. */
export default function SignedIn({ session, onEnd }: SignedInProps) {
  const [wiring] = useState(() => createWiring(session, windowId));
  useLine(wiring, onEnd);
  const signOut = async () => {
    try {
      await wiring.http.fetch('/api/session', { method: 'DELETE' });
    } catch (error) {
      // A session that is over already is what was asked for.
      if (!(error instanceof Refusal) || error.code === 'line-away') throw error;
    }
    onEnd('signed-out');
  };
  return (
    <WiringContext value={wiring}>
      <QueryClientProvider client={wiring.cache}>
        <ToastProvider>
          <SoundProvider>
            <Frame signOut={signOut} />
          </SoundProvider>
        </ToastProvider>
      </QueryClientProvider>
    </WiringContext>
  );
}

function useLine(wiring: Wiring, onEnd: SignedInProps['onEnd']): void {
  const { connection, cache, session, ecgUploads, imagingUploads } = wiring;
  const { line, endReason } = useSyncExternalStore(connection.status.subscribe, connection.status.get);
  const ended = useEffectEvent(onEnd);

  useEffect(() => {
    const stopCache = keepCacheInStep(connection, cache, session);
    const stopWaking = connection.onConnected(() => {
      ecgUploads.wake();
      imagingUploads.wake();
    });
    void ecgUploads.restore();
    void imagingUploads.restore();
    connection.open();
    return () => {
      stopWaking();
      stopCache();
      connection.close();
      ecgUploads.close();
      imagingUploads.close();
      cache.clear();
    };
  }, [connection, cache, session, ecgUploads, imagingUploads]);

  useEffect(() => {
    if (line === 'ended') ended(endReason === 'replaced' ? 'replaced' : 'ended');
  }, [line, endReason]);

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      const unsaved = ecgUploads.busy || imagingUploads.busy || connection.status.get().unansweredCommands > 0;
      if (unsaved && connection.status.get().line !== 'ended') event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [connection, ecgUploads, imagingUploads]);
}
