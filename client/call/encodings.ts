import type { types } from 'mediasoup-client';
import type { MediaSource } from '../../shared/contracts/call.ts';

type SendOptions = Pick<types.ProducerOptions, 'encodings' | 'codecOptions'>;

/** What the camera is asked for: enough to see a patient's colour and breathing, little enough for a clinic's line. */
export const cameraConstraints: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 360 },
  frameRate: { ideal: 20, max: 24 },
};
export const microphoneConstraints: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: 1,
};
export const screenConstraints: MediaTrackConstraints = { frameRate: { max: 8 } };

/**
 * How each source is sent. Made anew for every call: mediasoup-client writes into what it is given.
 * Bit/s: voice 32 k with error correction, camera 180p at 130 k and 360p at 450 k, screen 1 M.
 */
export function sendOptions(source: MediaSource): SendOptions {
  switch (source) {
    case 'microphone':
      return {
        encodings: [{ priority: 'high', networkPriority: 'high' }],
        codecOptions: { opusFec: true, opusDtx: true, opusNack: true, opusMaxAverageBitrate: 32_000 },
      };
    case 'camera':
      return {
        encodings: [
          { scaleResolutionDownBy: 2, maxBitrate: 130_000, maxFramerate: 15, scalabilityMode: 'L1T2' },
          { scaleResolutionDownBy: 1, maxBitrate: 450_000, scalabilityMode: 'L1T2' },
        ],
        codecOptions: { videoGoogleStartBitrate: 250 },
      };
    case 'screen':
      return { encodings: [{ maxBitrate: 1_000_000, maxFramerate: 8 }] };
  }
}
