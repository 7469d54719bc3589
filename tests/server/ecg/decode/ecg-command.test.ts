import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { standardLeads } from '../../../../shared/ecg/waveform.ts';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { writeHolter } from '../../../support/ecg-files/holter-file.ts';
import { typescriptArgs } from '../../../support/typescript-args.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

async function ecg(...args: string[]): Promise<Ended> {
  const command = [...typescriptArgs, 'server/commands/ecg.ts', ...args];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, {
      cwd: root,
      maxBuffer: 64 * 2 ** 20,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as unknown as Ended;
    return { code, stdout, stderr };
  }
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecg-command-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the ecg command', () => {
  // Each run starts Node anew, which takes its time on a busy machine.
  const timeoutMs = 180_000;

  test(
    'generates a file and prints what it holds as one JSON document',
    async () => {
      const format = 'scp-ecg';
      const out = join(folder, 'recording');
      const made = await ecg(
        'generate',
        '--format',
        format,
        '--out',
        out,
        '--rhythm',
        'inferior-stemi',
        '--patient-name',
        '李秀英',
        '--patient-id',
        '510102196203041227',
        '--sex',
        'F',
        '--birth-date',
        '19620304',
      );
      expect(made).toMatchObject({ code: 0, stderr: '' });
      const printed = await ecg('inspect', out);
      expect(printed).toMatchObject({ code: 0, stderr: '' });
      const document = JSON.parse(printed.stdout) as EcgDocument;
      expect(printed.stdout).toBe(`${JSON.stringify(decodeEcg(await readFile(out)))}\n`);
      expect(document).toMatchObject({
        format,
        patient: { id: '510102196203041227', name: '李秀英', sex: 'female', birthDate: '1962-03-04' },
        warnings: [],
      });
      expect(document.groups.map((group) => group.label)).toEqual(['rhythm']);
      expect(document.groups[0]!.leads.map((lead) => lead.name)).toEqual([...standardLeads]);
      expect(document.groups[0]!.leads[0]).toMatchObject({ sampleRateHz: 500, unit: 'uV' });
      expect(document.groups[0]!.leads[0]!.samples).toHaveLength(5000);
    },
    timeoutMs,
  );

  test(
    'writes and reads a record of several files, and nothing outside its folder',
    async () => {
      const header = join(folder, 'r1.hea');
      const made = await ecg('generate', '--format', 'wfdb', '--out', header, '--seconds', '1', '--sex', 'F');
      expect(made).toMatchObject({ code: 0, stderr: '' });
      const printed = await ecg('inspect', header);
      expect(printed).toMatchObject({ code: 0, stderr: '' });
      const document = JSON.parse(printed.stdout) as EcgDocument;
      expect(document).toMatchObject({ format: 'wfdb', patient: { sex: 'female' }, warnings: [] });
      expect(document.groups[0]!.leads.map((lead) => lead.name)).toEqual([...standardLeads]);
      await writeFile(header, 'r1 1 500 1\n../r1.dat 16 200 16 0 0 0 0 I\n');
      const outside = await ecg('inspect', header);
      expect(outside).toMatchObject({ code: 2, stdout: '' });
      expect(outside.stderr).toMatch(/does not name a file beside the header/);
      await writeFile(header, 'r1 1 500 1\nr2.dat 16 200 16 0 0 0 0 I\n');
      expect((await ecg('inspect', header)).stderr).toMatch(/r2\.dat is not beside the header \(truncated\)/);
    },
    timeoutMs,
  );

  test(
    'ends with 2 and one line on stderr for what it cannot read',
    async () => {
      const noEcg = join(folder, 'letter.scp');
      await writeFile(noEcg, 'Dear doctor\nhow are you\n');
      const refused = [
        ['inspect', noEcg],
        ['inspect', join(folder, 'missing')],
        ['draw'],
        ['generate', '--format', 'pdf', '--out', noEcg],
      ];
      for (const args of refused) {
        const ended = await ecg(...args);
        expect({ args, ...ended }).toMatchObject({ code: 2, stdout: '' });
        expect(ended.stderr).toMatch(/^[^\n]{10,}\n$/);
      }
    },
    timeoutMs,
  );

  test(
    'prints a part of a recording that is too long to be printed whole',
    async () => {
      const day = join(folder, 'day.ishne');
      await writeHolter(day, { format: 'ishne', minutes: 1440, fastFromMinute: 720 });
      const whole = await ecg('inspect', day);
      expect([whole.code, whole.stderr]).toEqual([2, expect.stringContaining('--from and --seconds')]);
      const part = await ecg('inspect', day, '--from', '86390', '--seconds', '60');
      const { format, groups } = JSON.parse(part.stdout) as EcgDocument;
      expect([format, groups.length, groups[0]!.startMs]).toEqual(['ishne', 1, 86_390_000]);
      // Ten seconds are left of the day.
      expect(groups[0]!.leads.map(({ samples }) => samples.length)).toEqual([2000, 2000, 2000]);
      expect((await ecg('inspect', day, '--from', '-1')).code).toBe(2);
      expect((await ecg('inspect', day, '--seconds', '3601')).code).toBe(2);
    },
    timeoutMs,
  );
});
