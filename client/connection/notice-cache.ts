import type { QueryClient } from '@tanstack/react-query';
import type { SessionView } from '../../shared/contracts/accounts.ts';
import type { CriticalValueView } from '../../shared/contracts/critical-values.ts';
import type { RequestName, RequestPayload, RequestReply } from '../../shared/contracts/registry.ts';
import { isOpenCriticalValue } from '../../shared/rules/critical-value.ts';
import { countReadings, isListedFor, isOpenReading, orderReadings } from '../../shared/rules/reading-queue.ts';
import type { Connection } from './connection.ts';
import { serverNow } from './server-clock.ts';

/** The cache's key of one question to the hub. */
export function queryKeyOf<N extends RequestName>(name: N, payload: RequestPayload<N>): readonly unknown[] {
  return [name, payload];
}

/**
 * Keeps what the window has read in step with the hub: notices are written into the cache or mark it stale, and after
 * every cut all of it is read again, because notices of that time are gone. Returns the function that stops it.
 */
export function keepCacheInStep(
  connection: Connection,
  cache: QueryClient,
  { accountId, organisation, roles }: Pick<SessionView, 'accountId' | 'organisation' | 'roles'>,
): () => void {
  const stale = (...names: RequestName[]) => {
    for (const name of names) void cache.invalidateQueries({ queryKey: [name] });
  };
  const put = <N extends RequestName>(name: N, payload: RequestPayload<N>, reply: RequestReply<N>) =>
    cache.setQueryData(queryKeyOf(name, payload), reply);
  const amend = <N extends RequestName>(
    name: N,
    payload: RequestPayload<N>,
    change: (reply: RequestReply<N>) => RequestReply<N>,
  ) => cache.setQueryData<RequestReply<N>>(queryKeyOf(name, payload), (reply) => reply && change(reply));

  const stops = [
    connection.onConnected((first) => {
      if (!first) void cache.invalidateQueries();
    }),
    connection.on('alarm:raised', (alarm) => {
      put('alarm:read', { consultId: alarm.consultId }, { alarm });
      stale('consult:list', 'patient:list');
    }),
    connection.on('alarm:changed', (alarm) => {
      put('alarm:read', { consultId: alarm.consultId }, { alarm });
      stale('consult:list', 'alarm:list-ringing');
    }),
    connection.on('duty:changed', (desk) =>
      amend('duty:read', {}, (known) =>
        known.desk === null || known.desk.organisationId === desk.organisationId
          ? { desk, onDuty: desk.onDuty.some((person) => person.accountId === accountId) }
          : known,
      ),
    ),
    connection.on('consult:changed', (consult) => {
      const key = { consultId: consult.id };
      const known = cache.getQueryData<RequestReply<'consult:read'>>(queryKeyOf('consult:read', key));
      if (!known || known.consult.version <= consult.version) put('consult:read', key, { consult });
      stale('consult:list', 'patient:list');
    }),
    connection.on('consult:invited', () => stale('consult:list')),
    connection.on('consult:message-sent', (message) =>
      amend('consult:list-messages', { consultId: message.consultId }, ({ messages }) => ({
        messages: messages.some(({ id }) => id === message.id) ? messages : [...messages, message],
      })),
    ),
    connection.on('patient:changed', ({ patientId }) => {
      void cache.invalidateQueries({ queryKey: queryKeyOf('patient:read', { patientId }) });
      stale('patient:list', 'consult:list', 'consult:read', 'critical-value:list', 'critical-value:list-of-consult');
    }),
    connection.on('ecg:added', ({ patientId }) => {
      void cache.invalidateQueries({ queryKey: queryKeyOf('ecg:list', { patientId }) });
      stale('patient:list');
    }),
    connection.on('imaging:added', ({ patientId }) => {
      void cache.invalidateQueries({ queryKey: queryKeyOf('imaging:list', { patientId }) });
      void cache.invalidateQueries({ queryKey: queryKeyOf('reading:list-of-patient', { patientId }) });
      // They say how many images there are.
      stale('reading:read');
    }),
    connection.on('image-mark:changed', (mark) => {
      amend('image-mark:list', { patientId: mark.patientId }, ({ marks }) => {
        const at = marks.findIndex(({ markId }) => markId === mark.markId);
        if (at < 0) return { marks: mark.retired ? marks : [...marks, mark] };
        if (marks[at]!.version >= mark.version) return { marks };
        return { marks: mark.retired ? marks.toSpliced(at, 1) : marks.with(at, mark) };
      });
    }),
    connection.on('imaging:quarantined', () => stale('imaging:list-quarantine')),
    connection.on('imaging:quarantine-decided', ({ patientId }) => {
      stale('imaging:list-quarantine');
      void cache.invalidateQueries({ queryKey: queryKeyOf('imaging:list', { patientId }) });
    }),
    connection.on('referral:changed', (referral) =>
      put('referral:read', { consultId: referral.consultId }, { referral }),
    ),
    connection.on('report:changed', (report) => {
      put('report:read', { reportId: report.id }, { report });
      void cache.invalidateQueries({ queryKey: queryKeyOf('report:list', { consultId: report.consultId }) });
    }),
    connection.on('reading:changed', (reading) => {
      amend('reading:read', { readingId: reading.id }, (known) =>
        known.reading.version <= reading.version ? { ...known, reading } : known,
      );
      amend('reading:list', { state: 'open' }, ({ readings }) => {
        const known = readings.find(({ id }) => id === reading.id);
        const newest = known !== undefined && known.version > reading.version ? known : reading;
        const others = readings.filter(({ id }) => id !== reading.id);
        // Notices come to all of an organisation; each person's list holds what is theirs to read.
        const stands = isOpenReading(newest) && isListedFor(newest, { organisationId: organisation.id, roles });
        const listed = orderReadings(stands ? [...others, newest] : others);
        return { readings: listed, counts: countReadings(listed, serverNow()) };
      });
      void cache.invalidateQueries({ queryKey: queryKeyOf('reading:list', { state: 'done' }) });
      void cache.invalidateQueries({
        queryKey: queryKeyOf('reading:list-of-patient', { patientId: reading.patientId }),
      });
    }),
    connection.on('ecg-rules:changed', () => stale('ecg-rules:read')),
    connection.on('critical-value:changed', (value) => {
      const placed = (values: CriticalValueView[]) => {
        const known = values.find(({ id }) => id === value.id);
        const newest = known !== undefined && known.version > value.version ? known : value;
        const others = values.filter(({ id }) => id !== value.id);
        return [...others, newest].sort((a, b) => (a.foundAt < b.foundAt ? -1 : 1));
      };
      amend('critical-value:list', {}, ({ values }) => ({ values: placed(values).filter(isOpenCriticalValue) }));
      amend('critical-value:list-of-consult', { consultId: value.consultId }, ({ values }) => ({
        values: placed(values),
      }));
    }),
    connection.on('timeline:node-recorded', ({ consultId }) => {
      void cache.invalidateQueries({ queryKey: queryKeyOf('timeline:read', { consultId }) });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
