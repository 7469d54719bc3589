import { useEffect, useReducer, useRef } from 'react';
import { useConnection, useNotice } from '../../connection/wiring.tsx';
import { endedMeanwhile, nextQueue, ringingAlarms, type AlarmEvent, type AlarmQueue } from './alarm-queue.ts';

/**
 * The desk's alarms in this window: from notices, and from the hub's list after every connect. Confirms each one's
 * delivery at once, and that it was seen as soon as somebody looks at or touches the window.
 */
export function useAlarmQueue(canSound: boolean): [AlarmQueue, (event: AlarmEvent) => void] {
  const connection = useConnection();
  const [queue, tell] = useReducer(nextQueue, new Map() as AlarmQueue);
  const newest = useRef(queue);
  useEffect(() => {
    newest.current = queue;
  }, [queue]);

  useNotice('alarm:raised', (alarm) => tell({ type: 'told', alarm }));
  useNotice('alarm:changed', (alarm) => tell({ type: 'told', alarm }));

  useEffect(() => {
    const readList = async () => {
      const { alarms } = await connection.request('alarm:list-ringing', {});
      for (const alarm of alarms) tell({ type: 'told', alarm });
      for (const { consultId } of endedMeanwhile(newest.current, alarms)) {
        tell({ type: 'told', alarm: (await connection.request('alarm:read', { consultId })).alarm });
      }
    };
    // A list that could not be read is asked for again at the next connect; what rings here goes on ringing.
    const stopConnected = connection.onConnected(() => void readList().catch(() => undefined));
    // Coming on duty makes the desk's waiting alarms one's own.
    const stopDuty = connection.on('duty:changed', () => void readList().catch(() => undefined));
    return () => {
      stopConnected();
      stopDuty();
    };
  }, [connection]);

  const ringingIds = ringingAlarms(queue)
    .map(({ alarm }) => alarm.id)
    .join(' ');

  const delivered = useRef(new Map<string, boolean>());
  useEffect(() => {
    for (const alarmId of ringingIds.split(' ').filter(Boolean)) {
      if (delivered.current.get(alarmId) === canSound) continue;
      delivered.current.set(alarmId, canSound);
      connection
        .request('alarm:confirm-delivery', { alarmId, canSound })
        .catch(() => delivered.current.delete(alarmId));
    }
  }, [connection, ringingIds, canSound]);

  const seen = useRef(new Set<string>());
  useEffect(() => {
    const look = () => {
      if (document.visibilityState !== 'visible') return;
      for (const alarmId of ringingIds.split(' ').filter(Boolean)) {
        if (seen.current.has(alarmId)) continue;
        seen.current.add(alarmId);
        connection.request('alarm:confirm-seen', { alarmId }).catch(() => seen.current.delete(alarmId));
      }
    };
    look();
    document.addEventListener('visibilitychange', look);
    window.addEventListener('pointerdown', look);
    window.addEventListener('keydown', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('pointerdown', look);
      window.removeEventListener('keydown', look);
    };
  }, [connection, ringingIds]);

  return [queue, tell];
}
