import type { Route } from '../platform/http/routes.ts';
import { studySubject } from './find-studies.ts';
import { stowRs } from './stow-rs.ts';
import { retrieveInstances, retrieveMetadata } from './wado-rs.ts';

const stow = { method: 'post', permission: 'imaging:upload', subject: 'in-body', handle: stowRs } as const;
const read = {
  method: 'get',
  permission: 'imaging:read',
  subject: (request, context) => studySubject(String(request.params.study), context),
} as const satisfies Partial<Route>;
const levels = [
  '/dicom-web/studies/:study',
  '/dicom-web/studies/:study/series/:series',
  '/dicom-web/studies/:study/series/:series/instances/:instance',
];

/** DICOMweb, PS3.18 chapter 10. */
export const imagingRoutes: Route[] = [
  { ...stow, path: '/dicom-web/studies', summary: 'STOW-RS: store instances for patientId or consultId.' },
  { ...stow, path: '/dicom-web/studies/:study', summary: 'STOW-RS: store instances of one study.' },
  ...levels.map((path): Route => ({
    ...read,
    path: `${path}/metadata`,
    summary: 'WADO-RS: metadata as DICOM JSON.',
    handle: retrieveMetadata,
  })),
  ...levels.map((path): Route => ({
    ...read,
    path,
    summary: 'WADO-RS: the stored instances, unchanged.',
    handle: retrieveInstances,
  })),
];
