import { useEffect } from 'react';
import type { AlarmView } from '../../../shared/contracts/alarms.ts';
import { useRing } from './sound-context.tsx';

/** Sounds the ring while `aloud`. */
export function useRinging(aloud: boolean): void {
  const ring = useRing();
  useEffect(() => {
    if (!aloud) return undefined;
    ring.start();
    // Muted and unmuted while it rings: the state tells when it may be heard again.
    const stop = ring.state.subscribe(() => ring.start());
    return () => {
      stop();
      ring.stop();
    };
  }, [ring, aloud]);
}

/** Alternates the window's title and changes its icon while something rings, for a window behind others. */
export function useAlarmTitle(words: string | null): void {
  useEffect(() => {
    if (words === null) return undefined;
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    const quietTitle = document.title;
    let loud = false;
    const turn = () => {
      loud = !loud;
      document.title = loud ? `▲ ${words}` : `△△ ${words}`;
    };
    turn();
    if (icon) icon.href = '/icon-alarm.svg';
    const timer = setInterval(turn, 900);
    return () => {
      clearInterval(timer);
      document.title = quietTitle;
      if (icon) icon.href = '/icon.svg';
    };
  }, [words]);
}

/** The system's own notification, where the person has allowed it and the window is not in front. */
export function useSystemNotification(alarm: AlarmView | undefined, words: string): void {
  const id = alarm?.id;
  useEffect(() => {
    if (id === undefined || typeof Notification !== 'function' || Notification.permission !== 'granted')
      return undefined;
    if (document.visibilityState === 'visible') return undefined;
    const notification = new Notification(words, { tag: id, requireInteraction: true });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
    return () => notification.close();
  }, [id, words]);
}
