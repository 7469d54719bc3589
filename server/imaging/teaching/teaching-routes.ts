import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { teachingCopyQuery } from '../../../shared/contracts/teaching-copy.ts';
import type { ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import type { Route } from '../../platform/http/routes.ts';
import { addressedStudy } from '../find-studies.ts';
import { exportTeachingCopy } from './export-teaching-copy.ts';

export const teachingRoutes: Route[] = [
  {
    method: 'get',
    path: '/api/studies/:study/teaching-copy',
    summary: 'A ZIP of de-identified copies; ?looked=SERIES lets images go in which text may be burned.',
    permission: 'teaching-copy:export',
    subject: (request, context) => addressedStudy(String(request.params.study), context),
    handle: answerTeachingCopy,
  },
];

async function answerTeachingCopy(request: Request, response: Response, context: ActionContext): Promise<void> {
  const looked = new Set(teachingCopyQuery.parse(request.query).looked);
  const study = await addressedStudy(String(request.params.study), context);
  if (study === null) throw new HubError('not-found');
  const { fileName, archive } = await exportTeachingCopy({ study, looked }, context);
  response.setHeader('Content-Type', 'application/zip');
  response.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
  await pipeline(Readable.from(archive, { objectMode: false }), response).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}
