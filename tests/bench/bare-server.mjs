import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server } from 'socket.io';

/** What every bare floor is: node, its http and socket.io on a free port of loopback, with a few files to serve. */
export async function startBareServer() {
  process.once('disconnect', () => process.exit());
  const [files] = await once(process, 'message');
  const http = createServer((request, response) => {
    const path = request.url.split('?')[0];
    const file = files.get(path);
    response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8');
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  return {
    io: new Server(http),
    async listen() {
      http.listen(0, '127.0.0.1');
      await once(http, 'listening');
      process.send(http.address().port);
    },
  };
}
