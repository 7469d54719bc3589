import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RtpParameters } from '../../../shared/contracts/call.ts';
import { acceptedCase } from '../../support/accepted-case.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

let hub: TestHub;
let clinicPerson: TestClient;
let deskPerson: TestClient;
let clinic: TestWindow;
let desk: TestWindow;
let secondDesk: TestWindow;

beforeAll(async () => {
  hub = await startTestHub({ env: { TURN_URLS: 'turn:relay.example:3478', TURN_SECRET: 'shared' } });
  [clinicPerson, deskPerson] = [await hub.signIn('clinic1'), await hub.signIn('oncall1')];
  clinic = await clinicPerson.connect();
  desk = await deskPerson.connect();
  secondDesk = await (await hub.signIn('oncall2')).connect();
}, 180_000);
afterAll(() => hub.close());

const voice = (ssrc: number): RtpParameters => ({
  mid: '0',
  codecs: [{ mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: 111 }],
  encodings: [{ ssrc }],
});
const speak = async (window: TestWindow, consultId: string, ssrc: number) => {
  const { transportId } = await window.request('call:create-transport', { consultId, direction: 'send' });
  const { producerId } = await window.request('call:produce', {
    consultId,
    transportId,
    kind: 'audio',
    source: 'microphone',
    rtpParameters: voice(ssrc),
    paused: false,
  });
  return { transportId, producerId };
};

describe('the room', () => {
  test('[CA1] whoever may take part enters, sees who is there by name, and the others are told', async () => {
    const { consultId } = await acceptedCase(clinic, desk, '郑一');
    const first = await clinic.request('call:join', { consultId });
    expect(first).toMatchObject({ resumed: false, peers: [] });
    expect(first.routerRtpCapabilities.codecs.length).toBeGreaterThan(0);
    const { producerId } = await speak(clinic, consultId, 1001);

    const second = await desk.request('call:join', { consultId });
    const producer = { producerId, kind: 'audio', source: 'microphone', paused: false };
    const clinicSeat = { peerId: first.peerId, accountId: clinicPerson.account.accountId, name: '林晓梅' };
    expect(second.peers).toEqual([{ ...clinicSeat, organisation: '梅岭镇卫生院', producers: [producer] }]);
    expect(await clinic.next('call:peer-joined')).toEqual({
      consultId,
      peer: {
        peerId: second.peerId,
        accountId: deskPerson.account.accountId,
        name: '周明远',
        organisation: '示范县人民医院',
      },
    });
    const answer = await speak(desk, consultId, 1002);
    const added = await clinic.next('call:producer-added');
    expect(added).toMatchObject({ consultId, peerId: second.peerId, producer: { producerId: answer.producerId } });

    await desk.request('call:pause-producer', { consultId, producerId: answer.producerId });
    expect(await clinic.next('call:producer-paused')).toMatchObject({ producerId: answer.producerId });
    await desk.request('call:leave', { consultId });
    expect(await clinic.next('call:peer-left')).toEqual({ consultId, peerId: second.peerId });
    await clinic.request('call:leave', { consultId });
  });

  test('[CA2] the first entry is kept: who and when, and that the lead hospital is in the room', async () => {
    const { consultId } = await acceptedCase(clinic, desk, '郑二');
    await clinic.request('call:join', { consultId });
    const waiting = await desk.next(
      'consult:changed',
      (consult) => consult.id === consultId && consult.participants[0]!.present,
    );
    expect(waiting.participants[0]!.joinedAt).not.toBeNull();
    expect((await desk.request('alarm:read', { consultId })).alarm.enteredRoomAt).toBeNull();
    // Not invited by name, but of the lead hospital.
    await secondDesk.request('call:join', { consultId });
    const entered = await clinic.next(
      'alarm:changed',
      (alarm) => alarm.consultId === consultId && alarm.enteredRoomAt !== null,
    );
    const { consult } = await desk.request('consult:read', { consultId });
    expect(consult.participants.at(-1)).toMatchObject({ name: '沈怀安', side: 'lead', present: true });
    expect(consult.participants.at(-1)!.joinedAt! <= entered.enteredRoomAt!).toBe(true);
    await desk.request('call:join', { consultId });
    const { alarm } = await desk.request('alarm:read', { consultId });
    expect(alarm.enteredRoomAt).toBe(entered.enteredRoomAt);
    const { nodes } = await desk.request('timeline:read', { consultId });
    const joined = nodes.filter(({ kind }) => kind === 'room-joined').map(({ byName }) => byName);
    expect(joined).toEqual(['林晓梅', '沈怀安', '周明远']);
    for (const window of [clinic, desk, secondDesk]) await window.request('call:leave', { consultId });
    await clinic.next(
      'consult:changed',
      ({ id, participants }) => id === consultId && participants.every(({ present }) => !present),
    );
  });

  test('[CA3] a window that stays away leaves the room, and the others are told', async () => {
    const { consultId } = await acceptedCase(clinic, desk, '郑三');
    const gone = await deskPerson.connect();
    const { peerId } = await gone.request('call:join', { consultId });
    await clinic.request('call:join', { consultId });
    gone.close();
    expect(await clinic.next('call:peer-left', (notice) => notice.consultId === consultId)).toEqual({
      consultId,
      peerId,
    });
    await clinic.request('call:leave', { consultId });
  });

  test('[CA4] a window that comes back takes its own place again; nobody else can', async () => {
    const { consultId } = await acceptedCase(clinic, desk, '郑四');
    const before = await deskPerson.connect();
    const { peerId } = await before.request('call:join', { consultId });
    const { producerId } = await speak(before, consultId, 2001);
    await clinic.request('call:join', { consultId });
    before.close();
    const thief = await clinic.request('call:join', { consultId, resumePeerId: peerId });
    expect(thief.resumed).toBe(false);
    const back = await deskPerson.connect();
    const again = await back.request('call:join', { consultId, resumePeerId: peerId });
    expect(again).toMatchObject({ peerId, resumed: true });
    // Its stream is still its own.
    await back.request('call:close-producer', { consultId, producerId });
    expect(await clinic.next('call:producer-removed')).toEqual({ consultId, peerId, producerId });
    expect(clinic.pending('call:peer-left').filter((notice) => notice.peerId === peerId)).toEqual([]);
    await back.request('call:leave', { consultId });
    await clinic.request('call:leave', { consultId });
  });

  test('[CA5] when the worker of a room dies its windows are told, and join a new one', async () => {
    const { consultId } = await acceptedCase(clinic, desk, '郑五');
    const { peerId } = await clinic.request('call:join', { consultId });
    const { media } = hub.running.hub;
    process.kill(media.status().workers[0]!.pid, 'SIGKILL');
    expect(await clinic.next('call:room-lost')).toEqual({ consultId });
    const again = await clinic.request('call:join', { consultId, resumePeerId: peerId });
    expect(again).toMatchObject({ resumed: false, peers: [] });
    await clinic.request('call:leave', { consultId });
  });
});

describe('signalling', () => {
  test('[CA6] a leave that comes late ends the seat it names, and not the one taken since', async () => {
    const { consultId } = await acceptedCase(clinic, desk, '郑九');
    const before = await clinic.request('call:join', { consultId });
    const { peerId } = await clinic.request('call:join', { consultId });
    await clinic.request('call:leave', { consultId, peerId: before.peerId });
    await clinic.request('call:create-transport', { consultId, direction: 'send' });
    await clinic.request('call:leave', { consultId, peerId });
    const gone = clinic.request('call:create-transport', { consultId, direction: 'send' });
    await expect(gone).rejects.toMatchObject({ code: 'conflict' });
  });

  test('[CA8] when the consult is closed its room is emptied, and nobody enters it again', async () => {
    const { consultId } = await acceptedCase(clinic, desk, '郑八');
    const { peerId } = await clinic.request('call:join', { consultId });
    await desk.request('call:join', { consultId });
    await speak(clinic, consultId, 8001);
    await desk.request('consult:close', { consultId, outcome: 'treat-locally' });
    expect(await desk.next('call:peer-left', (left) => left.peerId === peerId)).toEqual({ consultId, peerId });
    await expect(clinic.request('call:create-transport', { consultId, direction: 'send' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(clinic.request('call:join', { consultId })).rejects.toMatchObject({ code: 'consult-closed' });
  });

  test('[CA6] steps belong to the window that joined: without a place, or with the things of another, they are refused', async () => {
    const { consultId } = await acceptedCase(clinic, desk, '郑六');
    const early = clinic.request('call:create-transport', { consultId, direction: 'send' });
    await expect(early).rejects.toMatchObject({ code: 'conflict' });
    await clinic.request('call:join', { consultId });
    await desk.request('call:join', { consultId });
    const mine = await speak(clinic, consultId, 3001);
    const close = desk.request('call:close-producer', { consultId, producerId: mine.producerId });
    await expect(close).rejects.toMatchObject({ code: 'not-found' });
    const restart = desk.request('call:restart-ice', { consultId, transportId: mine.transportId });
    await expect(restart).rejects.toMatchObject({ code: 'not-found' });
    const consume = desk.request('call:consume', { consultId, producerId: mine.producerId });
    await expect(consume).rejects.toMatchObject({ code: 'invalid' });
    for (const window of [clinic, desk]) await window.request('call:leave', { consultId });
  });

  test('[CA7] the relay gets a name that ends and a password that it can check', async () => {
    const { consultId } = await acceptedCase(clinic, desk, '郑七');
    const { iceServers } = await clinic.request('call:join', { consultId });
    const [{ urls, username = '', credential }] = iceServers as [(typeof iceServers)[number]];
    expect(urls).toEqual(['turn:relay.example:3478']);
    const [end, accountId] = username.split(':');
    expect(accountId).toBe(clinicPerson.account.accountId);
    expect(Number(end)).toBeGreaterThan(Date.now() / 1000 + 3600);
    expect(credential).toBe(createHmac('sha1', 'shared').update(username).digest('base64'));
    await clinic.request('call:leave', { consultId });
  });
});
