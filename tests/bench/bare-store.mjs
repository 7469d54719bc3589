import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The floor of DICOMweb: a body is written and fsynced before it is acknowledged, a file is answered out of memory.
const folder = await mkdtemp(join(tmpdir(), 'bare-store-'));
process.once('disconnect', () => void rm(folder, { recursive: true, force: true }).finally(() => process.exit()));
const [files] = await once(process, 'message');
const http = createServer(async (request, response) => {
  if (request.method !== 'POST') {
    const file = files.get(request.url);
    response.writeHead(file === undefined ? 404 : 200).end(file);
    return;
  }
  const handle = await open(join(folder, randomUUID()), 'wx');
  for await (const chunk of request) await handle.write(chunk);
  await handle.sync();
  await handle.close();
  response.writeHead(200).end('{}');
});
http.listen(0, '127.0.0.1');
await once(http, 'listening');
process.send(http.address().port);
