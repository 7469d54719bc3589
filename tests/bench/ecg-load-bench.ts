import { setTimeout as after } from 'node:timers/promises';
import { startBenchHub } from './bench-hub.ts';
import { row, type BenchRow } from './measure.ts';
import { inScope } from './scope.ts';
import { sendEcg } from './send-ecg.ts';

const windows = 50;
const pressEveryMs = 500;
/** ECGs an hour, and for how long they come: what a county sends, and ten times as much. */
const loads = [
  { perHour: 500, seconds: 72 },
  { perHour: 5000, seconds: 36 },
];
const calmSeconds = 30;

/**
 * Key pressed to ring at the desk while ECGs arrive, are read by the computer, and stand in the queue. Floor: the same
 * hub in the same run with no ECG coming in. Fails if one ECG is refused or one press does not ring.
 */
export function benchEcgLoad(): Promise<BenchRow[]> {
  return inScope(async (keep) => {
    const hub = keep(await startBenchHub());
    const clinic = await hub.signIn('clinic1');
    const sender = await hub.signIn('clinic2');
    const presser = await clinic.connect();
    const asking = await sender.connect();
    const desk = await (await hub.signIn('oncall1')).connect();
    await desk.request('duty:start', {});
    for (let count = 2; count < windows; count += 1) await sender.connect();

    let person = 0;
    const newPatient = async (window: typeof presser) => {
      person += 1;
      return (await window.request('patient:register', { name: `压测${person}` })).patient.id;
    };
    const press = async () => {
      const patientId = await newPatient(presser);
      const rung = desk.next('alarm:raised', (alarm) => alarm.patientId === patientId);
      const start = performance.now();
      const raised = presser.request('alarm:raise', { patientId });
      await rung;
      const took = performance.now() - start;
      await presser.request('alarm:withdraw', { alarmId: (await raised).alarm.id, reason: '测量' });
      return took;
    };
    const pressFor = async (seconds: number) => {
      const took: number[] = [];
      for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
        const pace = after(pressEveryMs);
        took.push(await press());
        await pace;
      }
      return took;
    };
    let seed = 0;
    const sendOne = async () => {
      const patientId = await newPatient(asking);
      seed += 1;
      const start = performance.now();
      const ecgId = await sendEcg(sender, patientId, seed);
      const took = performance.now() - start;
      await asking.request('reading:request', { ecgId, urgent: false });
      return took;
    };
    const sendFor = async (seconds: number, perHour: number) => {
      const sent: Promise<number>[] = [];
      for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
        const pace = after(3_600_000 / perHour);
        sent.push(sendOne());
        await pace;
      }
      return Promise.all(sent);
    };

    await press();
    await sendOne();
    const calm = await pressFor(calmSeconds);
    const rows: BenchRow[] = [];
    for (const { perHour, seconds } of loads) {
      const [rung, taken] = await Promise.all([pressFor(seconds), sendFor(seconds, perHour)]);
      const floor = { name: 'no ECG coming in', values: calm };
      rows.push(row(`key pressed to ring, ${perHour} ECGs an hour coming in`, 'ms', rung, floor));
      rows.push(row(`ECG sent to acknowledged, ${perHour} an hour, while alarms ring`, 'ms', taken));
    }
    return rows;
  });
}
