import type { DisplayFrame } from '../../../../../shared/dicom/pixels/display-frame.ts';
import type { ImagingErrorCode } from '../../../../../shared/dicom/pixels/imaging-error.ts';

/** What the page asks its decoding worker. */
export type WorkerRequest =
  | {
      type: 'load';
      id: number;
      /** Absolute address of the instance. */
      url: string;
      headers: Record<string, string>;
      sopInstanceUid: string;
      /** 1-based. */
      frameNumber: number;
      /** On a slow line: without loss, where the hub can make it so. */
      packed: boolean;
    }
  | { type: 'cancel'; id: number };

/** How long the line took for how much, without the hub's own time; null where the bytes were there already. */
export interface LineMeasure {
  bytes: number;
  ms: number;
}

/** What the worker answers: any number of `progress`, then one `loaded` or `failed` for each `load`. */
export type WorkerReply =
  | { type: 'progress'; id: number; receivedBytes: number; totalBytes: number | null }
  /** The bytes are there; from here on only decoding takes time, which the page limits. */
  | { type: 'decoding'; id: number }
  | { type: 'loaded'; id: number; frame: DisplayFrame; fetchMs: number; decodeMs: number; line: LineMeasure | null }
  | { type: 'failed'; id: number; code: ImagingErrorCode; detail: string };
