import type { Readable } from 'node:stream';
import type { ActionContext } from '../platform/context.ts';
import type { Append } from '../platform/blobs/partial-blobs.ts';
import { HubError } from '../platform/errors.ts';
import { permitUpload } from './create-upload.ts';
import { expiryFrom } from './expire-uploads.ts';
import { findOwnUpload } from './find-upload.ts';
import { finishUpload } from './finish-upload.ts';
import { uploadRecord, type UploadFields } from './upload-record.ts';

export interface AppendUpload {
  uploadId: string;
  /** Where the sender believes that the upload stands. */
  offset: number;
  /** Of the body, where its sender has said it. */
  announcedBytes: number | null;
  source: Readable;
  checksum: Append['checksum'];
}

/**
 * Takes the next bytes of one's own upload: durable before the answer, and handed on with the last one. Throws
 * not-found, upload-busy, offset-conflict, too-large, checksum-mismatch, storage-full.
 */
export function appendUpload(command: AppendUpload, context: ActionContext): Promise<UploadFields> {
  const { uploadId, offset, announcedBytes, source, checksum } = command;
  const { partials } = context.hub.blobs;
  return findOwnUpload(uploadId, context).then(() =>
    partials.exclusively(uploadId, async () => {
      const upload = await findOwnUpload(uploadId, context);
      if (offset !== upload.offset) throw new HubError('offset-conflict', { offset: upload.offset });
      const { byteLength } = upload;
      if (announcedBytes !== null && offset + announcedBytes > byteLength)
        throw new HubError('too-large', { limitBytes: byteLength });
      if (offset < byteLength) {
        // A right that ended meanwhile must not fill the disk further.
        await permitUpload(upload, context);
        const durable = async (reached: number) => {
          const change = { offset: reached, expiresAt: expiryFrom(context.clock.now()) };
          const { matchedCount } = await context.store
            .model(uploadRecord)
            .updateOne({ _id: uploadId, offset: upload.offset }, { $set: change });
          if (matchedCount === 0) throw new HubError('offset-conflict');
          Object.assign(upload, change);
        };
        await partials.append({ id: uploadId, offset, source, byteLength, checksum, durable });
      }
      return upload.offset < byteLength ? upload : finishUpload(upload, {}, context);
    }),
  );
}
