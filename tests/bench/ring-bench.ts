import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import { writeScpEcg } from '../../server/ecg/encode/scp-ecg.ts';
import { startTestHub } from '../support/hub.ts';
import { row, type BenchRow } from './measure.ts';

const PRESSES = 20;

/** A bare socket.io server with that many clients: one emits, one gets it. What no hub on socket.io can go below. */
async function bareBroadcast(clients: number): Promise<number[]> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server = new Server(http);
  server.on('connection', (socket) => socket.on('press', () => server.emit('ring')));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const sockets = Array.from({ length: clients + 1 }, () => io(url, { transports: ['websocket'], forceNew: true }));
  await Promise.all(sockets.map((socket) => once(socket as never, 'connect')));
  const values: number[] = [];
  for (let press = 0; press < PRESSES; press += 1) {
    const rung = once(sockets[0] as never, 'ring');
    const start = performance.now();
    sockets.at(-1)!.emit('press');
    await rung;
    values.push(performance.now() - start);
  }
  sockets.forEach((socket) => socket.disconnect());
  await server.close();
  return values;
}

/** Key pressed to ring at the desk, and an ECG acknowledged to its samples on the other side, with clinics connected. */
export async function benchRing(clinicCounts: readonly number[]): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const hub = await startTestHub();
  try {
    const rest = process.memoryUsage().rss / 1024 / 1024;
    rows.push(row('memory of hub and bench in one process, at rest', 'MiB', [rest]));
    const clinic = await hub.signIn('clinic1');
    const others = await hub.signIn('clinic2');
    const presser = await clinic.connect();
    const desk = await (await hub.signIn('oncall1')).connect();
    await desk.request('duty:start', {});
    let connected = 0;
    for (const count of clinicCounts) {
      for (; connected < count - 1; connected += 1) await others.connect();
      const floor = { name: `bare socket.io broadcast to ${count}`, values: await bareBroadcast(count) };
      const values: number[] = [];
      for (let press = 0; press < PRESSES; press += 1) {
        const { patient } = await presser.request('patient:register', { name: `压测${count}${press}` });
        const rung = desk.next('alarm:raised', (alarm) => alarm.patientId === patient.id);
        const start = performance.now();
        const raised = presser.request('alarm:raise', { patientId: patient.id });
        await rung;
        values.push(performance.now() - start);
        await presser.request('alarm:withdraw', { alarmId: (await raised).alarm.id, reason: '测量' });
      }
      rows.push(row(`key pressed to ring, ${count} connected clinics`, 'ms', values, floor));
    }
    rows.push(
      row(`memory with ${connected + 3} windows`, 'MiB', [process.memoryUsage().rss / 1024 / 1024], {
        name: 'at rest',
        values: [rest],
      }),
    );

    const { patient } = await presser.request('patient:register', { name: '压测心电' });
    const { alarm } = await presser.request('alarm:raise', { patientId: patient.id });
    await desk.request('alarm:accept', { alarmId: alarm.id });
    const lead = await hub.signIn('oncall1');
    const uploads: number[] = [];
    for (let index = 0; index < PRESSES; index += 1) {
      const form = new FormData();
      form.set('patientId', patient.id);
      form.set(
        'file',
        new Blob([writeScpEcg(synthesizeEcg({ seed: index + 1 }).document) as Uint8Array<ArrayBuffer>]),
        'ecg.scp',
      );
      const sent = await clinic.http('/api/ecgs', { method: 'POST', body: form });
      const acknowledged = performance.now();
      const { id } = (await sent.json()) as { id: string };
      await desk.next('ecg:added', (notice) => notice.ecgId === id);
      await (await lead.http(`/api/ecgs/${id}/waveform`)).json();
      uploads.push(performance.now() - acknowledged);
    }
    rows.push(row('ECG acknowledged to its samples on the other side', 'ms', uploads));
  } finally {
    await hub.close();
  }
  return rows;
}
