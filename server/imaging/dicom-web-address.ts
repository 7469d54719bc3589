import type { ActionContext } from '../platform/context.ts';

/** Address of the DICOMweb service as its caller reaches it, without a slash at its end. */
export function serviceUrl(
  request: { protocol: string; headers: { host?: string | undefined } },
  { hub }: Pick<ActionContext, 'hub'>,
): string {
  const origin = hub.config.publicUrl ?? `${request.protocol}://${request.headers.host ?? 'localhost'}`;
  return `${origin.replace(/\/+$/, '')}/dicom-web`;
}

export const instanceUrl = (
  service: string,
  uids: { studyInstanceUid: string; seriesInstanceUid: string; sopInstanceUid: string },
): string =>
  `${service}/studies/${uids.studyInstanceUid}/series/${uids.seriesInstanceUid}/instances/${uids.sopInstanceUid}`;
