import type { MediaSource } from '../../shared/contracts/call.ts';
import type { DeviceProblem } from './call-state.ts';
import { cameraConstraints, microphoneConstraints, screenConstraints } from './encodings.ts';

export type Captured = { track: MediaStreamTrack } | { problem: DeviceProblem };

/** Opens a device, or says why it cannot be had. Never rejects. */
export async function capture(source: MediaSource): Promise<Captured> {
  // Absent in old browsers and on pages that are not a secure context.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices || (source === 'screen' && !('getDisplayMedia' in devices))) return { problem: 'unsupported' };
  try {
    const stream = await openStream(devices, source);
    const track = stream.getTracks()[0];
    if (!track) return { problem: 'missing' };
    // Text and traces need sharp edges more than smooth movement; a face the other way round.
    if (source !== 'microphone') track.contentHint = source === 'screen' ? 'detail' : 'motion';
    return { track };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

/**
 * Microphone and camera in one question to the person. When the two cannot be had together each is tried alone,
 * so that a missing camera doesn't take the voice away.
 */
export async function captureBoth(): Promise<{ microphone: Captured; camera: Captured }> {
  try {
    const constraints = { audio: microphoneConstraints, video: cameraConstraints };
    const stream = await navigator.mediaDevices.getUserMedia(constraints);
    const [microphone] = stream.getAudioTracks();
    const [camera] = stream.getVideoTracks();
    if (camera) camera.contentHint = 'motion';
    return {
      microphone: microphone ? { track: microphone } : { problem: 'missing' },
      camera: camera ? { track: camera } : { problem: 'missing' },
    };
  } catch {
    const microphone = await capture('microphone');
    return { microphone, camera: await capture('camera') };
  }
}

function openStream(devices: MediaDevices, source: MediaSource): Promise<MediaStream> {
  if (source === 'screen') return devices.getDisplayMedia({ video: screenConstraints, audio: false });
  if (source === 'microphone') return devices.getUserMedia({ audio: microphoneConstraints });
  return devices.getUserMedia({ video: cameraConstraints });
}

/** Media Capture and Streams, getUserMedia(): the exception's name tells the cause. */
function problemOf(error: unknown): DeviceProblem {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'unsupported';
}
