import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import { writeScpEcg } from '../../server/ecg/encode/scp-ecg.ts';
import type { TestClient } from '../support/hub.ts';

/** A 12-lead ECG of 10 s as an SCP file; each seed is another recording. */
export const ecgFile = (seed: number) => writeScpEcg(synthesizeEcg({ seed }).document) as Uint8Array<ArrayBuffer>;

/** Sends one ECG and gives its id once the hub has acknowledged it. */
export const sendEcg = (client: TestClient, patientId: string, seed: number): Promise<string> =>
  sendEcgFile(client, patientId, ecgFile(seed));

export async function sendEcgFile(
  client: TestClient,
  patientId: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const form = new FormData();
  form.set('patientId', patientId);
  form.set('file', new Blob([bytes]), 'ecg');
  const answer = await client.http('/api/ecgs', { method: 'POST', body: form });
  if (!answer.ok) throw new Error(`The ECG was refused: ${answer.status}`);
  return ((await answer.json()) as { id: string }).id;
}
