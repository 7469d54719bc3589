import { createWorker } from 'mediasoup';
import { startBareServer } from './bare-server.mjs';

// The floor of a call: one mediasoup worker, one router, and the least that two mediasoup clients need to say.
const workerBin = process.env.MEDIASOUP_WORKER_BIN;
const worker = await createWorker({ logLevel: 'error', ...(workerBin && { workerBin }) });
const router = await worker.createRouter({
  mediaCodecs: [
    { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
    { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  ],
});
const producers = new Map();
const { io, listen } = await startBareServer();

io.on('connection', (socket) => {
  let transports = [];
  const transportOf = (id) => transports.find((transport) => transport.id === id);
  const makeTransport = async () => {
    const made = await router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }] });
    transports.push(made);
    const { id, iceParameters, iceCandidates, dtlsParameters } = made;
    return { id, iceParameters, iceCandidates, dtlsParameters };
  };
  const leave = () => {
    for (const transport of transports) transport.close();
    transports = [];
    for (const [id, owner] of producers) {
      if (owner !== socket.id) continue;
      producers.delete(id);
      socket.broadcast.emit('removed', id);
    }
  };
  socket.on('join', async (answer) => {
    const [send, receive] = await Promise.all([makeTransport(), makeTransport()]);
    answer({ routerRtpCapabilities: router.rtpCapabilities, send, receive, producers: [...producers.keys()] });
  });
  socket.on('connect-transport', async ({ id, dtlsParameters }, answer) => {
    await transportOf(id).connect({ dtlsParameters });
    answer();
  });
  socket.on('produce', async ({ id, kind, rtpParameters }, answer) => {
    const producer = await transportOf(id).produce({ kind, rtpParameters });
    producers.set(producer.id, socket.id);
    answer(producer.id);
    socket.broadcast.emit('added', producer.id);
  });
  socket.on('consume', async ({ id, producerId, rtpCapabilities }, answer) => {
    const { id: consumerId, kind, rtpParameters } = await transportOf(id).consume({ producerId, rtpCapabilities });
    answer({ id: consumerId, producerId, kind, rtpParameters });
  });
  socket.on('leave', (answer) => {
    leave();
    answer();
  });
  socket.on('disconnect', leave);
});
await listen();
