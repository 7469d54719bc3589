import { once } from 'node:events';
import { setTimeout as after } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { startBenchHub } from './bench-hub.ts';
import { startBareProcess } from './bare-process.ts';
import { row, type BenchRow } from './measure.ts';
import { canMeasureLoad, watchLoad, type Load } from './process-load.ts';
import { inScope } from './scope.ts';

const clinicCounts = [1, 50, 400];
const presses = 20;
/** So that both processes carry the same load, whatever one press takes. */
const pressEveryMs = 500;
const restMs = 10_000;
/** Handshakes of a few sockets at a time, as a county's clinics connect. */
const connectedAtOnce = 20;

/**
 * Key pressed to ring at the desk with clinics connected, and what the hub's processes need meanwhile. Floor: a bare
 * socket.io process with as many sockets, pressed in turn with the hub, so that the machine's moods hit both.
 */
export function benchRing(): Promise<BenchRow[]> {
  return inScope(async (keep) => {
    const rows: BenchRow[] = [];
    const hub = keep(await startBenchHub());
    const bare = keep(await startBareProcess('./bare-sockets.mjs', new Map()));
    const loadRows = (when: string, [ours, floor]: [Load, Load], floorWhen: string) => {
      rows.push(row(`hub CPU ${when}`, '%', ours.cpu, { name: `bare socket.io ${floorWhen}`, ...floor.cpu }));
      rows.push(row(`hub memory ${when}`, 'MB', ours.memory, { name: `bare socket.io ${floorWhen}`, ...floor.memory }));
    };
    const watchBoth = () => {
      const watches = [watchLoad(hub.pid), watchLoad(bare.pid)] as const;
      return (): [Load, Load] => [watches[0].stop(), watches[1].stop()];
    };
    if (canMeasureLoad) {
      await after(2_000);
      const stop = watchBoth();
      await after(restMs);
      loadRows('at rest', stop(), 'at rest');
    }

    const clinic = await hub.signIn('clinic1');
    const others = await hub.signIn('clinic2');
    const presser = await clinic.connect();
    const desk = await (await hub.signIn('oncall1')).connect();
    await desk.request('duty:start', {});
    const barePresser = await bareSocket(bare.url);
    const bareDesk = await bareSocket(bare.url);
    let connected = 1;
    for (const count of clinicCounts) {
      while (connected < count) {
        const more = Math.min(connectedAtOnce, count - connected);
        await Promise.all(Array.from({ length: more }, () => Promise.all([others.connect(), bareSocket(bare.url)])));
        connected += more;
      }
      const patients: string[] = [];
      for (let press = 0; press <= presses; press += 1)
        patients.push((await presser.request('patient:register', { name: `压测${count}-${press}` })).patient.id);

      const pressHub = async (patientId: string) => {
        const rung = desk.next('alarm:raised', (alarm) => alarm.patientId === patientId);
        const start = performance.now();
        const raised = presser.request('alarm:raise', { patientId });
        await rung;
        const took = performance.now() - start;
        await presser.request('alarm:withdraw', { alarmId: (await raised).alarm.id, reason: '测量' });
        return took;
      };
      const pressBare = async () => {
        const rung = once(bareDesk as never, 'ring');
        const start = performance.now();
        barePresser.emit('press');
        await rung;
        return performance.now() - start;
      };
      // Once unmeasured: connecting so many has left both processes busy for a moment.
      await pressHub(patients.pop()!);
      await pressBare();
      const stop = canMeasureLoad ? watchBoth() : null;
      const ours: number[] = [];
      const floor: number[] = [];
      for (const patientId of patients) {
        const pace = after(pressEveryMs);
        ours.push(await pressHub(patientId));
        floor.push(await pressBare());
        await pace;
      }
      const name = `bare socket.io broadcast to ${count}`;
      rows.push(row(`key pressed to ring, ${count} connected clinics`, 'ms', ours, { name, values: floor }));
      const rate = 1000 / pressEveryMs;
      if (stop !== null)
        loadRows(
          `with ${count} clinics, ${rate} alarms a second raised and withdrawn`,
          stop(),
          `with ${count}, ${rate} broadcasts a second`,
        );
    }
    return rows;
  });
}

async function bareSocket(url: string): Promise<Socket> {
  const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false });
  await once(socket as never, 'connect');
  return socket;
}
