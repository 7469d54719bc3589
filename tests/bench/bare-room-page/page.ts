import { Device, type types } from 'mediasoup-client';
import { io } from 'socket.io-client';
import { cameraConstraints, microphoneConstraints } from '../../../client/call/encodings.ts';

// The least that mediasoup-client needs to see and be seen: the product's devices, nothing of its call.
const socket = io({ transports: ['websocket'] });
const ask = <Reply>(name: string, ...values: unknown[]) => socket.emitWithAck(name, ...values) as Promise<Reply>;
const videos = new Map<string, HTMLVideoElement>();
let transports: types.Transport[] = [];
/** Null while not in the room; what is added on the way in waits in `early`. */
let consume: ((producerId: string) => Promise<void>) | null = null;
let early: string[] = [];

interface Joined {
  routerRtpCapabilities: types.RtpCapabilities;
  send: types.TransportOptions;
  receive: types.TransportOptions;
  producers: string[];
}

async function join(): Promise<void> {
  early = [];
  const devices = navigator.mediaDevices.getUserMedia({ audio: microphoneConstraints, video: cameraConstraints });
  const { routerRtpCapabilities, send, receive, producers } = await ask<Joined>('join');
  const device = await Device.factory();
  await device.load({ routerRtpCapabilities });
  const receiving = connected(device.createRecvTransport(receive));
  const sending = connected(device.createSendTransport(send));
  transports = [receiving, sending];
  consume = async (producerId) => {
    const { recvRtpCapabilities: rtpCapabilities } = device;
    const offer = await ask<types.ConsumerOptions>('consume', { id: receiving.id, producerId, rtpCapabilities });
    const { track, kind } = await receiving.consume(offer);
    if (kind !== 'video') return;
    const video = document.createElement('video');
    Object.assign(video, { autoplay: true, muted: true, playsInline: true, width: 320 });
    video.srcObject = new MediaStream([track]);
    videos.set(producerId, video);
    document.body.append(video);
  };
  for (const producerId of new Set([...producers, ...early])) void consume(producerId);
  early = [];
  sending.on('produce', ({ kind, rtpParameters }, done, failed) => {
    ask<string>('produce', { id: sending.id, kind, rtpParameters }).then((id) => done({ id }), failed);
  });
  for (const track of (await devices).getTracks()) void sending.produce({ track });
}

function connected(transport: types.Transport): types.Transport {
  return transport.on('connect', ({ dtlsParameters }, done, failed) => {
    ask('connect-transport', { id: transport.id, dtlsParameters }).then(() => done(), failed);
  });
}

function remove(producerId: string): void {
  videos.get(producerId)?.remove();
  videos.delete(producerId);
}

async function leave(): Promise<void> {
  for (const transport of transports) transport.close();
  transports = [];
  for (const producerId of [...videos.keys()]) remove(producerId);
  consume = null;
  early = [];
  await ask('leave');
}

socket.on('connect', () => (document.body.dataset.connected = 'true'));
socket.on('added', (producerId: string) => {
  if (consume === null) early.push(producerId);
  else void consume(producerId);
});
socket.on('removed', remove);
document.querySelector<HTMLButtonElement>('#join')!.onclick = () => void join();
document.querySelector<HTMLButtonElement>('#leave')!.onclick = () => void leave();
