import { patientHeader } from '../../shared/contracts/imaging.ts';
import type { Route } from '../platform/http/routes.ts';
import { addressedStudy } from './find-studies.ts';
import { quarantineSubject } from './list-quarantine.ts';
import { markRoutes } from './marks/marks-routes.ts';
import { searchForInstances, searchForSeries, searchForStudies } from './qido-rs.ts';
import { quarantinePicture } from './quarantine-picture-rs.ts';
import { stowRs } from './stow-rs.ts';
import { teachingRoutes } from './teaching/teaching-routes.ts';
import { retrieveBulkData, retrieveFrames } from './wado-frames-rs.ts';
import { retrieveRendered, retrieveThumbnail } from './wado-rendered-rs.ts';
import { retrieveInstances, retrieveMetadata } from './wado-rs.ts';

const stow = { method: 'post', permission: 'imaging:upload', subject: 'in-body', handle: stowRs } as const;
const read = {
  method: 'get',
  permission: 'imaging:read',
  subject: (request, context) => addressedStudy(String(request.params.study), context, request.get(patientHeader)),
} as const satisfies Partial<Route>;
// A viewer asks for a study's pictures one by one: reading them is one act (AU5).
const retrieve = { ...read, repeats: true } as const satisfies Partial<Route>;
const search = { method: 'get', permission: 'imaging:search' } as const;
const root = '/dicom-web';
const study = `${root}/studies/:study`;
const series = `${study}/series/:series`;
const instance = `${series}/instances/:instance`;
const frames = `${instance}/frames/:frames`;
const levels = [study, series, instance];

/** DICOMweb, PS3.18 chapter 10. */
export const imagingRoutes: Route[] = [
  { ...stow, path: `${root}/studies`, summary: 'STOW-RS: store instances, for patientId or consultId if named.' },
  { ...stow, path: study, summary: 'STOW-RS: store instances of one study.' },
  { ...search, path: `${root}/studies`, summary: 'QIDO-RS: find studies.', find: searchForStudies },
  { ...search, path: `${root}/series`, summary: 'QIDO-RS: find series.', find: searchForSeries },
  { ...search, path: `${root}/instances`, summary: 'QIDO-RS: find instances.', find: searchForInstances },
  { ...read, path: `${study}/series`, summary: 'QIDO-RS: the series of a study.', find: searchForSeries },
  { ...read, path: `${study}/instances`, summary: 'QIDO-RS: the instances of a study.', find: searchForInstances },
  { ...read, path: `${series}/instances`, summary: 'QIDO-RS: the instances of a series.', find: searchForInstances },
  ...levels.map((path): Route => ({
    ...retrieve,
    path: `${path}/metadata`,
    summary: 'WADO-RS: metadata as DICOM JSON.',
    handle: retrieveMetadata,
  })),
  ...levels.map((path): Route => ({
    ...retrieve,
    path,
    summary: 'WADO-RS: the stored instances, unchanged; one alone also in JPEG-LS without loss.',
    handle: retrieveInstances,
  })),
  ...[...levels, frames].map((path): Route => ({
    ...retrieve,
    path: `${path}/thumbnail`,
    summary: 'WADO-RS: a small picture.',
    handle: retrieveThumbnail,
  })),
  ...[...levels, frames].map((path): Route => ({
    ...retrieve,
    path: `${path}/rendered`,
    summary: 'WADO-RS: pictures in their window.',
    handle: retrieveRendered,
  })),
  { ...retrieve, path: frames, summary: 'WADO-RS: frames, stored or uncompressed.', handle: retrieveFrames },
  {
    method: 'get',
    path: '/api/quarantine/:id/picture',
    summary: 'The stored instance (?of=first) or the one in quarantine (?of=other) as a JPEG.',
    permission: 'quarantine:decide',
    subject: (request, context) => quarantineSubject(String(request.params.id), context),
    handle: quarantinePicture,
  },
  ...markRoutes,
  ...teachingRoutes,
  { ...retrieve, path: `${instance}/bulkdata/*way`, summary: 'WADO-RS: bulk data.', handle: retrieveBulkData },
];
