import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import type { EcgView } from '../../../shared/contracts/ecg.ts';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import type { Role } from '../../../shared/rules/roles.ts';
import { createAccount } from '../../../server/accounts/create-account.ts';
import { writeDicomEcg } from '../../../server/ecg/encode/dicom-ecg.ts';
import { acceptedCase } from '../../support/accepted-case.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

const PASSWORD = 'einmal-und-nie-wieder';
const bytes = writeDicomEcg(synthesizeEcg({ rhythm: 'inferior-stemi', seed: 9 }).document);
const content = {
  findings: '窦性心律，心率58次/分。II、III、aVF导联ST段抬高0.2mV。',
  impression: '急性下壁ST段抬高型心肌梗死（STEMI）。',
  advice: '立即启动绿色通道转运。',
};

let hub: TestHub;
let clinicPerson: TestClient;
let clinic: TestWindow;
let foreign: TestWindow;
let reporterPerson: TestClient;
let reporter: TestWindow;
let reviewerPerson: TestClient;
let reviewer: TestWindow;

beforeAll(async () => {
  hub = await startTestHub();
  clinicPerson = await hub.signIn('clinic1');
  reporterPerson = await hub.signIn('oncall1');
  reviewerPerson = await hub.signIn('oncall2');
  clinic = await clinicPerson.connect();
  reporter = await reporterPerson.connect();
  reviewer = await reviewerPerson.connect();
  foreign = await (await hub.signIn('clinic2')).connect();
}, 180_000);
afterAll(() => hub.close());

/** A doctor of the county hospital, or with a licence that is for another place or another time. */
async function doctor(
  username: string,
  roles: Role[],
  licence: { site?: string; validUntil?: string } = {},
): Promise<TestWindow> {
  const county = reporterPerson.account.organisation.id;
  await createAccount(
    {
      username,
      name: `医师${username}`,
      organisationId: county,
      roles,
      password: PASSWORD,
      licences: [
        {
          qualificationNumber: `2015T${username}`,
          practiceCertificateNumber: `110T${username}`,
          title: '主治医师',
          specialty: '心血管内科',
          practiceSiteIds: [licence.site ?? county],
          independentSince: new Date('2015-01-01'),
          validFrom: new Date('2015-01-01'),
          validUntil: new Date(licence.validUntil ?? '2099-01-01'),
        },
      ],
    },
    hub.running.hub,
  );
  return (await hub.signIn(username, PASSWORD)).connect();
}

async function caseWithEcg(name = '孙大山'): Promise<{ consultId: string; ecgId: string }> {
  const { consultId } = await acceptedCase(clinic, reporter, name);
  const body = new FormData();
  body.append('consultId', consultId);
  body.append('file', new Blob([new Uint8Array(bytes)]), 'ecg.dcm');
  const response = await clinicPerson.http('/api/ecgs', { method: 'POST', body });
  expect(response.status).toBe(201);
  return { consultId, ecgId: ((await response.json()) as EcgView).id };
}

const draft = async (by = reporter) =>
  (await by.request('report:draft', { ...(await caseWithEcg()), kind: 'ecg', content })).report;
const on = ({ id, version }: ReportView) => ({ reportId: id, version });
const signed = async (by = reporter) => (await by.request('report:sign', on(await draft(by)))).report;
const final = async () => (await reviewer.request('report:review', on(await signed()))).report;
const refused = (code: string) => expect.objectContaining({ code });

test('[RP1] draft, edit, sign, return, sign again, review: final, with two signatures that cover the text', async () => {
  const made = await caseWithEcg();
  const { report: first } = await reporter.request('report:draft', { ...made, kind: 'ecg', content });
  expect(first).toMatchObject({ state: 'draft', authorName: '周明远', reporterSignature: null, ecgId: made.ecgId });
  const second = reporter.request('report:draft', { ...made, kind: 'ecg', content });
  await expect(second).rejects.toMatchObject({ code: 'conflict', details: { reportId: first.id } });

  const better = { ...content, findings: `${content.findings}I、aVL导联对应性压低。` };
  const { report: edited } = await reporter.request('report:edit', { ...on(first), content: better });
  expect(edited.content).toEqual(better);
  const { report: once } = await reporter.request('report:sign', on(edited));
  expect(once).toMatchObject({
    state: 'awaiting-review',
    reporterSignature: { name: '周明远', role: 'reporter', organisationName: '示范县人民医院' },
  });
  const { report: returned } = await reviewer.request('report:return', { ...on(once), reason: '请补充心率' });
  expect(returned).toMatchObject({ state: 'returned', reporterSignature: null, returns: [{ reason: '请补充心率' }] });
  const { report: again } = await reporter.request('report:edit', { ...on(returned), content });
  const { report: signedAgain } = await reporter.request('report:sign', on(again));
  const { report: done } = await reviewer.request('report:review', on(signedAgain));
  expect(done).toMatchObject({ state: 'final', content, reviewerSignature: { name: '沈怀安', role: 'reviewer' } });
  expect(done.reviewerSignature!.contentSha256).toBe(done.reporterSignature!.contentSha256);
  expect(done.reporterSignature!.contentSha256).not.toBe(once.reporterSignature!.contentSha256);
  expect(done.verificationCode).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);

  const isIt = ({ id, state }: ReportView) => id === done.id && state === 'final';
  expect(await clinic.next('report:changed', isIt)).toEqual(done);
  expect(await reporter.next('report:changed', isIt)).toEqual(done);
  const { nodes } = await clinic.request('timeline:read', { consultId: made.consultId });
  expect(nodes.map(({ kind }) => kind).filter((kind) => kind.startsWith('report'))).toEqual([
    'report-signed',
    'report-returned',
    'report-signed',
    'report-final',
  ]);
});

test('[RP2] a change on top of an older version is refused, and so is anybody else’s', async () => {
  const first = await draft();
  const colleague = await doctor('colleague', ['ecg-reporter']);
  await expect(colleague.request('report:edit', { ...on(first), content })).rejects.toEqual(refused('forbidden'));
  await expect(colleague.request('report:sign', on(first))).rejects.toEqual(refused('forbidden'));
  await reporter.request('report:edit', { ...on(first), content });
  await expect(reporter.request('report:edit', { ...on(first), content })).rejects.toEqual(refused('version-conflict'));
  await expect(reporter.request('report:sign', on(first))).rejects.toEqual(refused('version-conflict'));
});

test('[RP3] a returned report is not reviewed before it was signed anew, nor edited while it is reviewed', async () => {
  const once = await signed();
  await expect(reporter.request('report:edit', { ...on(once), content })).rejects.toEqual(refused('conflict'));
  const { report: returned } = await reviewer.request('report:return', { ...on(once), reason: '再看V1' });
  await expect(reviewer.request('report:review', on(returned))).rejects.toEqual(refused('conflict'));
  await expect(reviewer.request('report:return', { ...on(returned), reason: '又' })).rejects.toEqual(
    refused('conflict'),
  );
  const { report: again } = await reporter.request('report:sign', on(returned));
  expect(again.returns).toMatchObject([{ byName: '沈怀安', reason: '再看V1' }]);
});

test('[RP4] who wrote and signed a report cannot review or return it, whatever roles they have', async () => {
  const both = await doctor('both', ['ecg-reporter', 'ecg-reviewer']);
  const once = await signed(both);
  await expect(both.request('report:review', on(once))).rejects.toEqual(refused('same-signer'));
  await expect(both.request('report:return', { ...on(once), reason: '自己' })).rejects.toEqual(refused('same-signer'));
  expect((await reviewer.request('report:review', on(once))).report.state).toBe('final');
});

test('[RP5] without the role, the licence or an impression there is no signature', async () => {
  const county = await draft();
  await expect(reviewer.request('report:sign', on(county))).rejects.toEqual(refused('forbidden'));
  await expect(clinic.request('report:sign', on(county))).rejects.toEqual(refused('forbidden'));
  await expect(foreign.request('report:sign', on(county))).rejects.toEqual(refused('not-found'));
  const made = await caseWithEcg();
  for (const window of [clinic, reviewer]) {
    const attempt = window.request('report:draft', { ...made, kind: 'ecg', content });
    await expect(attempt).rejects.toEqual(refused('forbidden'));
  }

  const past = await doctor('past', ['ecg-reporter'], { validUntil: '2020-01-01' });
  await expect(past.request('report:sign', on(await draft(past)))).rejects.toEqual(refused('licence-invalid'));
  const site = clinicPerson.account.organisation.id;
  const elsewhere = await doctor('elsewhere', ['ecg-reviewer'], { site });
  const once = (await reporter.request('report:sign', on(county))).report;
  await expect(elsewhere.request('report:review', on(once))).rejects.toEqual(refused('licence-invalid'));
  await expect(clinic.request('report:review', on(once))).rejects.toEqual(refused('forbidden'));
  const radiologist = await (await hub.signIn('radiologist2')).connect();
  await expect(radiologist.request('report:review', on(once))).rejects.toEqual(refused('forbidden'));

  const emptied = await draft();
  const { report: empty } = await reporter.request('report:edit', {
    ...on(emptied),
    content: { ...content, impression: ' ' },
  });
  await expect(reporter.request('report:sign', on(empty))).rejects.toEqual(refused('report-empty'));
});

test('[RP6] the clinic sees a report from its first signature on, and not while it is a draft or returned', async () => {
  const first = await draft();
  const { consultId } = first;
  const seen = async () => (await clinic.request('report:list', { consultId })).reports.map(({ state }) => state);
  const read = () => clinic.request('report:read', { reportId: first.id });
  expect(await seen()).toEqual([]);
  await expect(read()).rejects.toEqual(refused('not-found'));
  expect((await reviewer.request('report:list', { consultId })).reports).toEqual([first]);
  const { report: once } = await reporter.request('report:sign', on(first));
  expect(await clinic.next('report:changed', ({ id }) => id === first.id)).toEqual(once);
  expect(await seen()).toEqual(['awaiting-review']);
  await reviewer.request('report:return', { ...on(once), reason: '再看' });
  expect(await seen()).toEqual([]);
  await expect(read()).rejects.toEqual(refused('not-found'));
  await expect(foreign.request('report:list', { consultId })).rejects.toEqual(refused('not-found'));
});

test('[RP7] a final report is neither edited, signed, returned nor reviewed', async () => {
  const done = await final();
  const attempts = [
    reporter.request('report:edit', { ...on(done), content: { ...content, advice: '改' } }),
    reporter.request('report:sign', on(done)),
    reviewer.request('report:return', { ...on(done), reason: '改' }),
    reviewer.request('report:review', on(done)),
  ];
  for (const attempt of await Promise.allSettled(attempts))
    expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'report-final' } });
  expect((await clinic.request('report:read', { reportId: done.id })).report).toEqual(done);
});

test('[RP8] of two reviewers in the same moment one signs', async () => {
  const other = await doctor('reviewer2', ['ecg-reviewer']);
  const once = await signed();
  const answers = await Promise.allSettled(
    [reviewer, other].map((window) => window.request('report:review', on(once))),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const { reason } = answers.find((answer) => answer.status === 'rejected')!;
  expect(['version-conflict', 'report-final']).toContain((reason as { code: string }).code);
  const winner = answers.find((answer) => answer.status === 'fulfilled')!.value.report;
  expect((await clinic.request('report:read', { reportId: once.id })).report).toEqual(winner);
});

test('[RP9] the PDF is refused before the report is final, and then the same bytes for everybody', async () => {
  const once = await signed();
  const pdf = (person: TestClient) => person.http(`/api/reports/${once.id}/pdf`);
  const early = await pdf(clinicPerson);
  expect([early.status, await early.json()]).toMatchObject([409, { code: 'conflict' }]);
  await reviewer.request('report:review', on(once));
  const answers = await Promise.all([clinicPerson, reviewerPerson].map(pdf));
  answers.push(await pdf(reporterPerson));
  expect(answers.map((answer) => [answer.status, answer.headers.get('content-type')])).toEqual(
    Array.from({ length: 3 }, () => [200, 'application/pdf']),
  );
  const [one, two, three] = await Promise.all(answers.map(async (answer) => Buffer.from(await answer.arrayBuffer())));
  expect(one!.subarray(0, 4).toString('latin1')).toBe('%PDF');
  expect(one!.subarray(-8).toString('latin1')).toContain('%%EOF');
  expect([two!.equals(one!), three!.equals(one!)]).toEqual([true, true]);
  const stranger = await (await hub.signIn('clinic2')).http(`/api/reports/${once.id}/pdf`);
  expect(stranger.status).toBe(404);
});

test('[RP10] a printed code is verified without signing in, however it was copied; nothing tells of the patient', async () => {
  const done = await final();
  const code = done.verificationCode!;
  const verify = async (typed: string) =>
    (await fetch(`${hub.url}/verify/${encodeURIComponent(typed)}`, { headers: { accept: 'application/json' } })).json();
  const valid = {
    code,
    state: 'valid',
    kind: 'ecg',
    organisationName: '示范县人民医院',
    reporterName: '周明远',
    reviewerName: '沈怀安',
    finalAt: done.reviewerSignature!.signedAt,
  };
  expect(await verify(code)).toEqual(valid);
  expect(await verify(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toEqual(valid);
  expect(await verify(code.replaceAll('-', '').replaceAll('0', 'o').replaceAll('1', 'l'))).toEqual(valid);
  expect(await verify('0000-0000-0000')).toEqual({ code: '0000-0000-0000', state: 'unknown' });
  expect(await verify('不是编号')).toMatchObject({ state: 'unknown' });
});
