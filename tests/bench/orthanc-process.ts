import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

/** Where Debian's packages orthanc and orthanc-dicomweb put them. */
const PROGRAM = '/usr/sbin/Orthanc';
const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';
const READY_WITHIN_MS = 30_000;

export interface OrthancProcess {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts Orthanc with DICOMweb on a port of its own and an empty temporary folder, and `more` of its own options; null
 * where it is not installed.
 */
export async function startOrthanc(more: Record<string, unknown> = {}): Promise<OrthancProcess | null> {
  if (!existsSync(PROGRAM) || !existsSync(PLUGIN)) return null;
  const folder = await mkdtemp(join(tmpdir(), 'bench-orthanc-'));
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as { port: number };
  free.close();
  await once(free, 'close');
  const configuration = {
    Name: 'bench',
    StorageDirectory: join(folder, 'storage'),
    IndexDirectory: join(folder, 'index'),
    HttpPort: port,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    HttpCompressionEnabled: false,
    KeepAlive: true,
    DicomServerEnabled: false,
    // As here: an instance is on disk before it is acknowledged.
    SyncStorageArea: true,
    Plugins: [PLUGIN],
    DicomWeb: { Enable: true, Root: '/dicom-web/', EnableWado: false },
    ...more,
  };
  const file = join(folder, 'orthanc.json');
  await writeFile(file, JSON.stringify(configuration));
  const child = spawn(PROGRAM, [file], { stdio: 'ignore' });
  const gone = once(child, 'exit');
  const endNow = () => child.kill('SIGKILL');
  process.once('exit', endNow);
  const url = `http://127.0.0.1:${port}`;
  const orthanc = {
    url,
    async close() {
      child.kill('SIGTERM');
      await gone;
      process.off('exit', endNow);
      await rm(folder, { recursive: true, force: true });
    },
  };
  for (const begun = performance.now(); performance.now() - begun < READY_WITHIN_MS; await after(100)) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`${url}/dicom-web/studies`, { headers: { accept: 'application/dicom+json' } }).catch(
      () => null,
    );
    if (answer?.ok === true) return orthanc;
  }
  await orthanc.close();
  throw new Error('Orthanc did not become ready');
}
