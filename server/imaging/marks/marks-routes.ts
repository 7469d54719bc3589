import type { Request, Response } from 'express';
import { markDocumentKinds } from '../../../shared/contracts/image-marks.ts';
import type { ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import type { Route } from '../../platform/http/routes.ts';
import { addressedStudy } from '../find-studies.ts';
import { exportMarks } from './export-marks.ts';

export const markRoutes: Route[] = [
  {
    method: 'post',
    path: '/api/studies/:study/mark-documents/:kind',
    summary: 'What stands marked in a study as DICOM: measurements (SR, TID 1500) or key-images (KOS, TID 2010).',
    permission: 'image-mark:export',
    subject: (request, context) => addressedStudy(String(request.params.study), context),
    handle: answerMarkDocument,
  },
];

async function answerMarkDocument(request: Request, response: Response, context: ActionContext): Promise<void> {
  const kind = markDocumentKinds.find((one) => one === request.params.kind);
  const studyInstanceUid = String(request.params.study);
  const study = await addressedStudy(studyInstanceUid, context);
  if (kind === undefined || study === null) throw new HubError('not-found');
  const made = await exportMarks({ kind, study, studyInstanceUid }, context);
  response.status(made.existing ? 200 : 201).json(made);
}
