import { useCallback, useEffect, useRef, useState } from 'react';
import type { Notice } from '../../../shared/contracts/registry.ts';
import type { ViewPointer, ViewState } from '../../../shared/contracts/viewing.ts';
import { useConnection, useNotice, useSession } from '../../connection/wiring.tsx';

type Lead = Notice<'viewing:lead-changed'>['lead'];

export interface SharedPointer {
  id: string;
  name: string;
  color: string;
  pointer: ViewPointer;
}

export interface SharedViewing {
  lead: Lead;
  isLeading: boolean;
  /** The leader's picture; null while nobody leads or nothing was shown yet. */
  shown: ViewState | null;
  /** This window draws the leader's picture; false while it looks on its own. */
  following: boolean;
  pointers: SharedPointer[];
  takeLead(): void;
  setFollowing(following: boolean): void;
  /** The leader's own change goes to the others; anybody else's stays here. */
  show(state: ViewState): void;
  point(pointer: ViewPointer): void;
}

/** Tells people's pointers apart on black, grey and paper; none of them is the alarm's red. */
const POINTER_COLORS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#b07d00'];
const SHOW_EVERY_MS = 40;

/** What both sides look at together: who leads, the leader's picture, everybody's pointer. Latest state wins. */
export function useSharedViewing(consultId: string): SharedViewing {
  const connection = useConnection();
  const { accountId } = useSession();
  const [lead, setLead] = useState<Lead>(null);
  const [shown, setShown] = useState<ViewState | null>(null);
  const [following, setFollowing] = useState(true);
  const [pointers, setPointers] = useState<ReadonlyMap<string, SharedPointer>>(new Map());
  const mine = useRef<ViewState | null>(null);
  const waiting = useRef<{ state: ViewState; timer: ReturnType<typeof setTimeout> } | null>(null);
  const lastSentAt = useRef(0);
  const inFlight = useRef(false);
  const isLeading = lead?.accountId === accountId;

  useEffect(() => {
    const stop = connection.onConnected(() => {
      setPointers(new Map());
      connection.request('viewing:open', { consultId }).then(
        (room) => {
          setLead(room.lead);
          setShown(room.state);
        },
        // Without shared viewing each side still sees the case; the line's own banner says what is wrong.
        () => undefined,
      );
    });
    return () => {
      stop();
      connection.request('viewing:leave', { consultId }).catch(() => undefined);
    };
  }, [connection, consultId]);

  useNotice('viewing:lead-changed', (notice) => {
    if (notice.consultId !== consultId) return;
    setLead(notice.lead);
    // Whoever takes the lead is to be seen: the others follow at once and may break away again.
    setFollowing(true);
  });
  useNotice('viewing:shown', (notice) => {
    if (notice.consultId === consultId) setShown(notice.state);
  });
  useNotice('viewing:pointed', (notice) => {
    if (notice.consultId !== consultId || notice.accountId === accountId) return;
    setPointers((before) => {
      const after = new Map(before);
      if (notice.pointer.kind === 'none') after.delete(notice.windowId);
      else {
        const color = before.get(notice.windowId)?.color ?? POINTER_COLORS[before.size % POINTER_COLORS.length]!;
        after.set(notice.windowId, { id: notice.windowId, name: notice.name, color, pointer: notice.pointer });
      }
      return after;
    });
  });

  const send = useCallback(
    (state: ViewState) => {
      lastSentAt.current = performance.now();
      inFlight.current = true;
      connection
        .request('viewing:show', { consultId, state })
        .catch(() => undefined)
        .finally(() => {
          inFlight.current = false;
        });
    },
    [connection, consultId],
  );
  const show = useCallback(
    (state: ViewState) => {
      mine.current = state;
      if (!isLeading) return;
      setShown(state);
      if (waiting.current !== null) {
        waiting.current.state = state;
        return;
      }
      const wait = SHOW_EVERY_MS - (performance.now() - lastSentAt.current);
      if (wait <= 0 && !inFlight.current) return send(state);
      // On a weak line one state is under way at a time: what would queue behind it is outdated on arrival.
      const flush = (): void => {
        const pending = waiting.current;
        if (pending === null) return;
        if (inFlight.current) {
          pending.timer = setTimeout(flush, SHOW_EVERY_MS);
          return;
        }
        waiting.current = null;
        send(pending.state);
      };
      waiting.current = { state, timer: setTimeout(flush, Math.max(0, wait)) };
    },
    [isLeading, send],
  );
  const takeLead = useCallback(() => {
    connection.request('viewing:take-lead', { consultId }).then(
      (reply) => {
        setLead(reply.lead);
        if (reply.lead?.accountId === accountId && mine.current !== null) {
          setShown(mine.current);
          send(mine.current);
        }
      },
      () => undefined,
    );
  }, [connection, consultId, accountId, send]);
  const point = useCallback(
    (pointer: ViewPointer) => {
      connection.request('viewing:point', { consultId, pointer }).catch(() => undefined);
    },
    [connection, consultId],
  );
  return {
    lead,
    isLeading,
    shown,
    following: following && !isLeading && lead !== null,
    pointers: [...pointers.values()],
    takeLead,
    setFollowing,
    show,
    point,
  };
}
