import { synthesizeCt, type SyntheticSeries } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { startBareProcess } from './bare-process.ts';
import { startBenchHub } from './bench-hub.ts';
import { startOrthanc } from './orthanc-process.ts';
import { row, timedOnce, type BenchRow } from './measure.ts';
import { inScope } from './scope.ts';

const SLICES = 60;
/** Studies among which QIDO-RS has to find. */
const STUDIES = 500;
/** Series that are sent whole. */
const WHOLE = 5;
const TIMES = 60;
/** Times that all frames of a series are fetched. */
const SCROLLS = 7;
const BOUNDARY = 'bench';
export const related = `multipart/related; type="application/dicom"; boundary=${BOUNDARY}`;
const OCTETS = 'multipart/related; type="application/octet-stream"';

export const bodyOf = (files: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    Buffer.concat([
      ...files.flatMap((file) => [
        Buffer.from(`--${BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n`),
        file,
        Buffer.from('\r\n'),
      ]),
      Buffer.from(`--${BOUNDARY}--\r\n`),
    ]),
  );

/** One way to store and to read: the hub, or the floor. */
interface Store {
  send(files: readonly Uint8Array[]): Promise<void>;
  read(path: string, accept?: string): Promise<Buffer>;
}

function storeAt(url: string, headers: Record<string, string>): Store {
  return {
    async send(files) {
      const answer = await fetch(`${url}/dicom-web/studies`, {
        method: 'POST',
        headers: { ...headers, 'content-type': related },
        body: bodyOf(files),
      });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`STOW-RS: ${answer.status} ${text.slice(0, 200)}`);
    },
    async read(path, accept = 'application/dicom+json') {
      const answer = await fetch(`${url}${path}`, { headers: { ...headers, accept } });
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${bytes.toString().slice(0, 200)}`);
      return bytes;
    },
  };
}

/**
 * Milliseconds of each target's runs, in turn, so that the machine's moods hit all: those of the second half, behind as
 * many that only warm them up. None of a target that is not there.
 */
async function inTurn(
  targets: readonly [Store, Store, Store | null],
  times: number,
  run: (target: Store, index: number) => Promise<void>,
): Promise<[number[], number[], number[]]> {
  const taken: [number[], number[], number[]] = [[], [], []];
  for (let index = 0; index < times; index += 1)
    for (const [place, target] of targets.entries()) {
      const ms = target === null ? null : await timedOnce(() => run(target, index));
      if (ms !== null && index >= times / 2) taken[place]!.push(ms);
    }
  return taken;
}

/** Not every server has thumbnails, for one. */
const canRead = (store: Store, path: string, accept?: string) =>
  store.read(path, accept).then(
    () => true,
    () => false,
  );

const series = (seed: number, size: number, slices: number): SyntheticSeries =>
  synthesizeCt({
    patient: { name: `Bench^N${seed}=测^试${seed}`, id: `B-${seed}` },
    seed,
    slices,
    rows: size,
    columns: size,
    acquiredAt: new Date(Date.UTC(2026, 0, 1 + (seed % 300))),
  });

/**
 * DICOMweb of the hub: storing, searching and reading, one question after the other. Floor: a bare node process that
 * writes and fsyncs what it is sent, and answers the same bytes out of memory, asked in the same run.
 */
export function benchImaging(): Promise<BenchRow[]> {
  return inScope(async (keep) => {
    const hub = keep(await startBenchHub());
    const { cookie } = await hub.signIn('clinic1');
    const ours = storeAt(hub.url, { cookie });
    const ct = series(1, 512, SLICES);
    const study = `/dicom-web/studies/${ct.studyInstanceUid}`;
    const uid = ct.sopInstanceUids[30]!;
    const instance = `${study}/series/${ct.seriesInstanceUid}/instances/${uid}`;
    const rows: BenchRow[] = [];
    const perSecond = (ms: readonly number[], count: number) => ms.map((one) => (count * 1000) / one);

    const orthanc = await startOrthanc();
    if (orthanc === null)
      console.error('bench: imaging is not compared with Orthanc: orthanc and orthanc-dicomweb are not installed');
    const theirs = orthanc === null ? null : storeAt(keep(orthanc).url, {});
    /** The same beside Orthanc, where it is there and knows the question. */
    const beside = (name: string, unit: string, values: readonly number[], theirValues: readonly number[]) => {
      if (theirValues.length > 0) rows.push(row(name, unit, values, { name: 'Orthanc', values: theirValues }));
    };

    const empty = keep(await startBareProcess('./bare-store.mjs', new Map()));
    const bare = storeAt(empty.url, {});
    const floorName = 'bare node, write and fsync';
    const one = series(3, 512, 2 * SLICES);
    const single = await inTurn([ours, bare, theirs], 2 * SLICES, (target, index) => target.send([one.files[index]!]));
    const singleName = 'STOW-RS, one 512 x 512 CT slice a request';
    rows.push(row(singleName, 'ms', single[0], { name: floorName, values: single[1] }));
    beside(singleName, 'ms', single[0], single[2]);
    const many = Array.from({ length: 2 * WHOLE }, (_, index) => series(10 + index, 512, SLICES));
    const whole = await inTurn([ours, bare, theirs], many.length, (target, index) => target.send(many[index]!.files));
    const wholeName = `STOW-RS, a series of ${SLICES} in one request`;
    const rates = whole.map((ms) => perSecond(ms, SLICES)) as typeof whole;
    rows.push(row(wholeName, 'instances/s', rates[0], { name: `${floorName} once`, values: rates[1] }));
    beside(wholeName, 'instances/s', rates[0], rates[2]);
    for (const target of [ours, bare, theirs]) await target?.send(ct.files);
    // Many small studies, so that a search has something to pass over.
    for (let from = 0; from < STUDIES; from += 50) {
      const files = Array.from({ length: 50 }, (_, index) => series(1000 + from + index, 16, 1).files[0]!);
      await ours.send(files);
      await theirs?.send(files);
    }

    const wanted = Math.floor(STUDIES / 2) + 1000;
    const ofStudy = `/dicom-web/studies/${ct.studyInstanceUid}`;
    const questions: [string, string, string?][] = [
      [`QIDO-RS, the newest 50 of ${STUDIES} studies`, '/dicom-web/studies?limit=50'],
      ['QIDO-RS, a study by Patient ID', `/dicom-web/studies?PatientID=B-${wanted}`],
      ['QIDO-RS, a study by its UID', `/dicom-web/studies?StudyInstanceUID=${ct.studyInstanceUid}`],
      [
        'QIDO-RS, a study by a fuzzy Chinese name',
        `/dicom-web/studies?fuzzymatching=true&PatientName=${encodeURIComponent(`测试${wanted}`)}`,
      ],
      ['QIDO-RS, studies of a month', '/dicom-web/studies?StudyDate=20260301-20260331&limit=50'],
      [`QIDO-RS, the ${SLICES} instances of a series`, `${ofStudy}/series/${ct.seriesInstanceUid}/instances`],
      [`WADO-RS, metadata of ${SLICES} instances`, `${study}/metadata`],
      ['WADO-RS, a frame of 512 x 512', `${instance}/frames/1`, OCTETS],
      ['WADO-RS, an instance', instance, 'multipart/related; type="application/dicom"'],
      [`WADO-RS, a study of ${SLICES} instances`, study, 'multipart/related; type="application/dicom"'],
      ['WADO-RS, a frame rendered as JPEG for the first time', `${instance}/rendered`, 'image/jpeg'],
      ['WADO-RS, the same frame rendered again', `${instance}/rendered`, 'image/jpeg'],
      ['WADO-RS, a thumbnail', `${instance}/thumbnail`, 'image/jpeg'],
    ];
    const answers = new Map<string, Buffer>();
    for (const [, path, accept] of questions) answers.set(path, await ours.read(path, accept));
    const same = keep(await startBareProcess('./bare-store.mjs', answers));
    const floor = storeAt(same.url, {});
    // Whoever draws has drawn before.
    for (const uid of many[0]!.sopInstanceUids) {
      const { studyInstanceUid, seriesInstanceUid } = many[0]!;
      const drawn = `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${uid}/rendered`;
      for (const target of [ours, theirs]) await target?.read(drawn, 'image/jpeg');
    }
    for (const [name, path, accept] of questions) {
      const times = path === study ? 10 : TIMES;
      const values: number[] = [];
      const bareValues: number[] = [];
      const theirValues: number[] = [];
      const known = theirs !== null && !path.includes('fuzzymatching') && (await canRead(theirs, path, accept));
      // In turn, so that the machine's moods hit both.
      for (let index = 0; index < times; index += 1) {
        // The pictures of a series one after the other, drawn already or not.
        const asked = name.endsWith('first time') ? path.replace(uid, ct.sopInstanceUids[index % SLICES]!) : path;
        values.push(await timedOnce(() => ours.read(asked, accept)));
        bareValues.push(await timedOnce(() => floor.read(path, accept)));
        if (known) theirValues.push(await timedOnce(() => theirs.read(asked, accept)));
      }
      rows.push(row(name, 'ms', values, { name: 'bare node, the same bytes', values: bareValues }));
      beside(name, 'ms', values, theirValues);
    }
    const uids = ct.sopInstanceUids.map((uid) => `${study}/series/${ct.seriesInstanceUid}/instances/${uid}/frames/1`);
    const scroll = async (target: Store, paths: readonly string[]) => {
      const waiting = [...paths];
      await Promise.all(
        Array.from({ length: 4 }, async () => {
          for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) await target.read(path, OCTETS);
        }),
      );
    };
    const [path] = questions.find(([name]) => name.startsWith('WADO-RS, a frame of'))!.slice(1) as [string];
    const sameFrame = uids.map(() => path);
    const scrolls = await inTurn([ours, floor, theirs], 2 * SCROLLS, (target) =>
      scroll(target, target === floor ? sameFrame : uids),
    );
    const scrollRates = scrolls.map((ms) => perSecond(ms, SLICES)) as typeof scrolls;
    const scrollName = `WADO-RS, ${SLICES} frames, four at a time`;
    rows.push(
      row(scrollName, 'frames/s', scrollRates[0], { name: 'bare node, the same bytes', values: scrollRates[1] }),
    );
    beside(scrollName, 'frames/s', scrollRates[0], scrollRates[2]);
    return rows;
  });
}
