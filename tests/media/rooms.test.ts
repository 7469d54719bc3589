import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { MediaError, openMedia, type Media, type MediaOptions, type PeerEvents } from '../../media/index.ts';
import { callRequests, rtpCapabilities, type RtpParameters } from '../../shared/contracts/call.ts';
import { workerForTests } from './worker-for-tests.ts';

let workerBin = '';
const opened: Media[] = [];

beforeAll(async () => {
  workerBin = await workerForTests();
}, 900_000);
afterEach(() => {
  for (const media of opened.splice(0)) media.close();
});

async function start(options: Partial<MediaOptions> = {}) {
  const lost: string[] = [];
  const waiting: (() => void)[] = [];
  const media = await openMedia({
    workerBin,
    workerCount: 1,
    rtcPort: 0,
    listenAddress: '127.0.0.1',
    onRoomLost: (roomId) => {
      lost.push(roomId);
      for (const settle of waiting.splice(0)) settle();
    },
    log: () => {},
    ...options,
  });
  opened.push(media);
  const nextLoss = () => new Promise<void>((settle) => waiting.push(settle));
  return { media, lost, nextLoss };
}

/** Keeps what a peer is told, in order. */
function listener() {
  const told: string[] = [];
  const events: PeerEvents = {
    peerJoined: (peerId) => told.push(`joined ${peerId}`),
    peerLeft: (peerId) => told.push(`left ${peerId}`),
    producerAdded: (peerId, { source, paused }) => told.push(`${peerId} sends ${source}${paused ? ' paused' : ''}`),
    producerRemoved: (peerId) => told.push(`${peerId} stops`),
    producerPaused: (peerId) => told.push(`${peerId} pauses`),
    producerResumed: (peerId) => told.push(`${peerId} resumes`),
  };
  return { told, events };
}

let ssrc = 1000;
const opus = (): RtpParameters => ({
  mid: String(ssrc),
  codecs: [{ mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: 111 }],
  encodings: [{ ssrc: ssrc++ }],
});
const vp8 = (): RtpParameters => ({
  mid: String(ssrc),
  codecs: [
    { mimeType: 'video/VP8', clockRate: 90_000, payloadType: 96, rtcpFeedback: [{ type: 'nack', parameter: 'pli' }] },
  ],
  encodings: [{ ssrc: ssrc++ }],
});
const code = (expected: string) => expect.objectContaining({ name: 'MediaError', code: expected });

describe('rooms', () => {
  test('asking for a room twice, at once or later, gives the same room', async () => {
    const { media } = await start();
    const [one, two] = await Promise.all([media.openRoom('a'), media.openRoom('a')]);
    expect(two).toBe(one);
    expect(await media.openRoom('a')).toBe(one);
    expect(await media.openRoom('b')).not.toBe(one);
    expect(media.status()).toMatchObject({ ready: true, rooms: 2, peers: 0, workersWanted: 1 });
  });

  test('rooms opened at once spread over the workers', async () => {
    const { media } = await start({ workerCount: 2 });
    await Promise.all(['a', 'b', 'c', 'd'].map((id) => media.openRoom(id)));
    expect(media.status().workers.map(({ rooms }) => rooms)).toEqual([2, 2]);
  });

  test('a new room goes to the worker that sends fewer streams', async () => {
    const { media } = await start({ workerCount: 2 });
    const busy = await media.openRoom('busy');
    const speaker = busy.join('speaker', listener().events);
    const { transportId } = await speaker.createTransport('send');
    const { producerId } = await speaker.produce({
      transportId,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: opus(),
    });
    for (const id of ['one', 'two', 'three']) {
      const peer = busy.join(id, listener().events);
      await peer.createTransport('receive', peer.routerRtpCapabilities);
      await peer.consume(producerId);
    }
    const others = [await media.openRoom('b'), await media.openRoom('c'), await media.openRoom('d')];
    expect(others.every((room) => room.worker !== busy.worker)).toBe(true);
    expect(media.status().workers[busy.worker.index]).toMatchObject({ rooms: 1, peers: 4, streams: 3 });
  });

  test('a room that stays empty is given up, and one that somebody enters is not', async () => {
    const { media } = await start({ emptyRoomLingerMs: 50 });
    const kept = await media.openRoom('kept');
    const peer = kept.join('p', listener().events);
    const empty = await media.openRoom('empty');
    while (!empty.closed) await new Promise((settle) => setTimeout(settle, 10));
    expect(kept.closed).toBe(false);
    peer.close();
    while (!kept.closed) await new Promise((settle) => setTimeout(settle, 10));
    expect(media.status().rooms).toBe(0);
  });

  test('a full room and a peer id that is in use are refused', async () => {
    const { media } = await start({ maxPeersPerRoom: 2 });
    const room = await media.openRoom('a');
    room.join('one', listener().events);
    expect(() => room.join('one', listener().events)).toThrow(code('limit'));
    const two = room.join('two', listener().events);
    expect(() => room.join('three', listener().events)).toThrow(code('room-full'));
    two.close();
    expect(room.join('three', listener().events).id).toBe('three');
  });
});

describe('peers', () => {
  test('every other peer is told who comes, sends, pauses, stops and leaves, in order', async () => {
    const { media } = await start();
    const room = await media.openRoom('a');
    const listening = listener();
    room.join('listening', listening.events);
    const own = listener();
    const speaker = room.join('speaker', own.events);
    const { transportId } = await speaker.createTransport('send');
    const sent = await speaker.produce({
      transportId,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: opus(),
      paused: true,
    });
    await speaker.resumeProducer(sent.producerId);
    await speaker.pauseProducer(sent.producerId);
    speaker.closeProducer(sent.producerId);
    speaker.close();
    expect(listening.told).toEqual([
      'joined speaker',
      'speaker sends microphone paused',
      'speaker resumes',
      'speaker pauses',
      'speaker stops',
      'left speaker',
    ]);
    expect(own.told).toEqual([]);
  });

  test('a window that came back on another connection goes on as the same peer', async () => {
    const { media } = await start();
    const room = await media.openRoom('a');
    const before = listener();
    const peer = room.join('window', before.events);
    const after = listener();
    room.peer('window')?.listen(after.events);
    room.join('other', listener().events);
    expect([before.told, after.told]).toEqual([[], ['joined other']]);
    expect(room.peer('window')).toBe(peer);
  });

  test('a listener that throws keeps the news from nobody else', async () => {
    const logged: string[] = [];
    const { media } = await start({ log: (_level, message) => logged.push(message) });
    const room = await media.openRoom('a');
    const failing = listener().events;
    failing.peerJoined = () => {
      throw new Error('broken');
    };
    room.join('failing', failing);
    const good = listener();
    room.join('good', good.events);
    room.join('new', listener().events);
    expect(good.told).toEqual(['joined new']);
    expect(logged).toContain('a listener of the room failed');
  });

  test('a stream is consumed by another peer, paused at first, and ends with its producer', async () => {
    const { media } = await start();
    const room = await media.openRoom('a');
    const speaker = room.join('speaker', listener().events);
    const transport = await speaker.createTransport('send');
    expect(callRequests['call:create-transport'].reply.parse(transport)).toEqual(transport);
    const { transportId } = transport;
    const camera = await speaker.produce({ transportId, kind: 'video', source: 'camera', rtpParameters: vp8() });
    const viewer = room.join('viewer', listener().events);
    await viewer.createTransport('receive', viewer.routerRtpCapabilities);
    expect(rtpCapabilities.parse(viewer.routerRtpCapabilities)).toEqual(viewer.routerRtpCapabilities);
    const consumer = await viewer.consume(camera.producerId);
    expect(callRequests['call:consume'].reply.parse(consumer)).toEqual(consumer);
    expect(consumer).toMatchObject({ kind: 'video', producerId: camera.producerId, producerPaused: false });
    await viewer.resumeConsumer(consumer.consumerId);
    await viewer.pauseConsumer(consumer.consumerId);
    expect(viewer.consumerCount).toBe(1);
    const again = await viewer.consume(camera.producerId);
    expect(viewer.consumerCount).toBe(1);
    await expect(viewer.resumeConsumer(consumer.consumerId)).rejects.toThrow(code('not-found'));
    speaker.closeProducer(camera.producerId);
    while (viewer.consumerCount > 0) await new Promise((settle) => setTimeout(settle, 5)); // the worker tells
    await expect(viewer.resumeConsumer(again.consumerId)).rejects.toThrow(code('not-found'));
  });

  test('a source sent again replaces its earlier stream', async () => {
    const { media } = await start();
    const room = await media.openRoom('a');
    const other = listener();
    room.join('other', other.events);
    const speaker = room.join('speaker', listener().events);
    const { transportId } = await speaker.createTransport('send');
    const send = () => speaker.produce({ transportId, kind: 'video', source: 'camera', rtpParameters: vp8() });
    await send();
    await send();
    expect(speaker.producers).toHaveLength(1);
    expect(other.told.slice(1)).toEqual(['speaker sends camera', 'speaker stops', 'speaker sends camera']);
    const both = await Promise.allSettled([send(), send()]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(speaker.producers).toHaveLength(1);
  });

  test('a new transport of a direction closes the earlier one and what it carried', async () => {
    const { media } = await start();
    const room = await media.openRoom('a');
    const other = listener();
    room.join('other', other.events);
    const speaker = room.join('speaker', listener().events);
    const { transportId } = await speaker.createTransport('send');
    await speaker.produce({ transportId, kind: 'audio', source: 'microphone', rtpParameters: opus() });
    const next = await speaker.createTransport('send');
    expect(other.told.slice(1)).toEqual(['speaker sends microphone', 'speaker stops']);
    await expect(speaker.restartIce(transportId)).rejects.toThrow(code('not-found'));
    expect((await speaker.restartIce(next.transportId)).usernameFragment).not.toBe(next.iceParameters.usernameFragment);
  });

  test('transports, producers and consumers of somebody else are not found', async () => {
    const { media } = await start();
    const room = await media.openRoom('a');
    const owner = room.join('owner', listener().events);
    const thief = room.join('thief', listener().events);
    const { transportId, dtlsParameters } = await owner.createTransport('send');
    const { producerId } = await owner.produce({
      transportId,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: opus(),
    });
    const notFound = code('not-found');
    await expect(thief.connectTransport(transportId, dtlsParameters)).rejects.toThrow(notFound);
    await expect(thief.restartIce(transportId)).rejects.toThrow(notFound);
    await expect(
      thief.produce({ transportId, kind: 'audio', source: 'microphone', rtpParameters: opus() }),
    ).rejects.toThrow(notFound);
    await expect(thief.pauseProducer(producerId)).rejects.toThrow(notFound);
    expect(() => thief.closeProducer(producerId)).toThrow(notFound);
    const elsewhere = (await media.openRoom('b')).join('elsewhere', listener().events);
    await elsewhere.createTransport('receive', elsewhere.routerRtpCapabilities);
    await expect(elsewhere.consume(producerId)).rejects.toThrow(notFound);
    await owner.createTransport('receive', owner.routerRtpCapabilities);
    await expect(owner.consume(producerId)).rejects.toThrow(notFound);
    expect(owner.producers).toHaveLength(1);
  });

  test('parameters that do not fit are refused and leave the worker running', async () => {
    const { media } = await start();
    const pid = media.status().workers[0]?.pid;
    const room = await media.openRoom('a');
    const peer = room.join('p', listener().events);
    const { transportId } = await peer.createTransport('send');
    const invalid = code('invalid');
    const produce = (change: Partial<Parameters<typeof peer.produce>[0]>) =>
      peer.produce({ transportId, kind: 'audio', source: 'microphone', rtpParameters: opus(), ...change });
    await expect(produce({ source: 'camera' })).rejects.toThrow(invalid);
    await expect(produce({ rtpParameters: vp8() })).rejects.toThrow(invalid);
    await expect(produce({ rtpParameters: { codecs: [], encodings: [] } })).rejects.toThrow(invalid);
    const taken = opus();
    await produce({ rtpParameters: taken });
    await expect(
      peer.produce({
        transportId,
        kind: 'video',
        source: 'camera',
        rtpParameters: { ...vp8(), encodings: taken.encodings ?? [] },
      }),
    ).rejects.toThrow(invalid);
    await expect(peer.connectTransport(transportId, { fingerprints: [] })).rejects.toThrow(invalid);
    const receive = await peer.createTransport('receive', peer.routerRtpCapabilities);
    await expect(produce({ transportId: receive.transportId })).rejects.toThrow(invalid);
    expect(media.status().workers[0]?.pid).toBe(pid);
  });
});

describe('workers', () => {
  const alive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const gone = async (pid: number) => {
    while (alive(pid)) await new Promise((settle) => setTimeout(settle, 10));
  };

  test('a worker that dies is replaced, its rooms are reported once, and they open again', async () => {
    const { media, lost, nextLoss } = await start({ workerCount: 2 });
    const [doomed, safe] = [await media.openRoom('doomed'), await media.openRoom('safe')];
    const peer = doomed.join('p', listener().events);
    safe.join('q', listener().events);
    expect(doomed.worker).not.toBe(safe.worker);
    const { pid } = doomed.worker.worker;
    const loss = nextLoss();
    process.kill(pid, 'SIGKILL');
    await loss;
    expect(lost).toEqual(['doomed']);
    expect([doomed.closed, peer.closed, safe.closed]).toEqual([true, true, false]);
    const again = await media.openRoom('doomed');
    expect(again.closed).toBe(false);
    while (media.status().workers.length < 2) await new Promise((settle) => setTimeout(settle, 20));
    expect(media.status().workers.map((worker) => worker.pid)).not.toContain(pid);
    expect(lost).toEqual(['doomed']);
  });

  test('with one worker only, a room asked for right after its death waits for the successor', async () => {
    const { media, nextLoss } = await start();
    const room = await media.openRoom('a');
    const loss = nextLoss();
    process.kill(room.worker.worker.pid, 'SIGKILL');
    await loss;
    expect(media.status().ready).toBe(false);
    const again = await media.openRoom('a');
    const peer = again.join('p', listener().events);
    expect((await peer.createTransport('send')).iceCandidates.map(({ protocol }) => protocol).sort()).toEqual([
      'tcp',
      'udp',
    ]);
  });

  test('a worker listens on the one port of its index, UDP and TCP, and its successor on the same', async () => {
    const { media: finder } = await start();
    const probe = (await finder.openRoom('a')).join('p', listener().events);
    const free =
      (await probe.createTransport('send')).iceCandidates.find(({ protocol }) => protocol === 'udp')?.port ?? 0;
    finder.close();
    const { media, nextLoss } = await start({ rtcPort: free });
    const ports = async () => {
      const room = await media.openRoom('a');
      const { iceCandidates } = await room.join('p', listener().events).createTransport('send');
      return iceCandidates.map(({ protocol, port }) => `${protocol} ${port}`).sort();
    };
    expect(await ports()).toEqual([`tcp ${free}`, `udp ${free}`]);
    const loss = nextLoss();
    process.kill(media.status().workers[0]?.pid ?? 0, 'SIGKILL');
    await loss;
    expect(await ports()).toEqual([`tcp ${free}`, `udp ${free}`]);
    await expect(start({ rtcPort: free })).rejects.toThrow(`port ${free}`);
  });

  test('closing cascades to rooms, peers and processes, and closing again does nothing', async () => {
    const { media, lost } = await start({ workerCount: 2 });
    const rooms = [await media.openRoom('a'), await media.openRoom('b')];
    const peers = rooms.map((room) => room.join('p', listener().events));
    const pids = media.status().workers.map(({ pid }) => pid);
    media.close();
    media.close();
    for (const room of rooms) room.close();
    for (const peer of peers) peer.close();
    expect([...rooms, ...peers].every(({ closed }) => closed)).toBe(true);
    expect(lost).toEqual([]);
    expect(media.status()).toMatchObject({ ready: false, rooms: 0, peers: 0, workers: [] });
    await expect(media.openRoom('a')).rejects.toBeInstanceOf(MediaError);
    await Promise.all(pids.map(gone));
  });

  test('a worker program that does not exist makes the start fail', async () => {
    await expect(start({ workerBin: '/nonexistent/mediasoup-worker' })).rejects.toThrow();
  });
});
