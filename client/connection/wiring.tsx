import { QueryClient, useMutation, useQuery } from '@tanstack/react-query';
import { createContext, use, useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import type { SessionView } from '../../shared/contracts/accounts.ts';
import type { Notice, NoticeName, RequestName, RequestPayload, RequestReply } from '../../shared/contracts/registry.ts';
import { Connection, type LineStatus } from './connection.ts';
import { Http } from './http.ts';
import { keepInBrowser } from './kept-uploads.ts';
import { keepOfSamePatient } from './keep-of-same-patient.ts';
import { queryKeyOf } from './notice-cache.ts';
import { Refusal } from './refusal.ts';
import { dicomUpload } from './upload-dicom.ts';
import { ecgUpload } from './upload-ecg.ts';
import { UploadQueue } from './upload-queue.ts';

/** Everything through which a signed-in window talks to the hub. */
export interface Wiring {
  session: SessionView;
  connection: Connection;
  http: Http;
  cache: QueryClient;
  ecgUploads: UploadQueue;
  imagingUploads: UploadQueue;
}

export function createWiring(session: SessionView, windowId: string): Wiring {
  const connection = new Connection({ accountId: session.accountId, windowId });
  const http = new Http({
    accountId: session.accountId,
    onEnded: (code) => connection.end(code === 'session-replaced' ? 'replaced' : 'signed-out'),
  });
  const cache = new QueryClient({
    defaultOptions: {
      // The connection itself waits for the line and asks again. `always`: a clinic's PC without the internet counts
      // as offline for the browser, and reaches the hub all the same.
      queries: { networkMode: 'always', retry: false, refetchOnWindowFocus: false, staleTime: 15_000 },
      mutations: { networkMode: 'always', retry: false },
    },
  });
  const keeping = typeof indexedDB === 'undefined' ? null : keepInBrowser(indexedDB);
  return {
    session,
    connection,
    http,
    cache,
    ecgUploads: new UploadQueue(ecgUpload, http, keeping),
    imagingUploads: new UploadQueue(dicomUpload, http, keeping),
  };
}

export const WiringContext = createContext<Wiring | null>(null);

export function useWiring(): Wiring {
  const wiring = use(WiringContext);
  if (!wiring) throw new Error('This part of the page is for signed-in windows only.');
  return wiring;
}

export function useSession(): SessionView {
  return useWiring().session;
}

export function useConnection(): Connection {
  return useWiring().connection;
}

export function useLineStatus(): LineStatus {
  const { status } = useConnection();
  return useSyncExternalStore(status.subscribe, status.get);
}

/** Follows a notice while the component is shown; the handler may use the newest props and state. */
export function useNotice<N extends NoticeName>(name: N, handler: (notice: Notice<N>) => void): void {
  const connection = useConnection();
  const onNotice = useEffectEvent(handler);
  useEffect(() => connection.on(name, (notice) => onNotice(notice)), [connection, name]);
}

/** Asks a query of the hub through the cache, which notices and reconnects keep fresh. */
export function useRequest<N extends RequestName>(
  name: N,
  payload: RequestPayload<N>,
  options: { enabled?: boolean; keepPrevious?: boolean } = {},
) {
  const connection = useConnection();
  return useQuery<RequestReply<N>, Refusal>({
    queryKey: queryKeyOf(name, payload),
    queryFn: () => connection.request(name, payload),
    enabled: options.enabled ?? true,
    ...(options.keepPrevious ? { placeholderData: keepOfSamePatient(payload) } : {}),
  });
}

/** Gives a command to the hub; `mutate(payload)`, `isPending`, `error` as in react-query. */
export function useCommand<N extends RequestName>(
  name: N,
  on: { done?: (reply: RequestReply<N>) => void; refused?: (refusal: Refusal) => void } = {},
) {
  const connection = useConnection();
  return useMutation<RequestReply<N>, Refusal, RequestPayload<N>>({
    mutationFn: (payload) => connection.request(name, payload),
    ...(on.done ? { onSuccess: on.done } : {}),
    ...(on.refused ? { onError: on.refused } : {}),
  });
}
