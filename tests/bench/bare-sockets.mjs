import { startBareServer } from './bare-server.mjs';

// The floor of every notice: one socket says something, all hear it.
const { io, listen } = await startBareServer();
io.on('connection', (socket) => socket.on('press', () => io.emit('ring')));
await listen();
