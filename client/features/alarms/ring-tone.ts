/**
 * The sounds of the desk as samples between -1 and 1. They are drawn ahead and looped by the audio thread, because a
 * browser slows the timers of a window in the background.
 */

/** One round of the ring: eight pulses of two tones by turns, then a short rest. 1.4 s. */
export function ringTone(sampleRateHz: number): Float32Array<ArrayBuffer> {
  const pulseSeconds = 0.14;
  const samples = new Float32Array(Math.round(1.4 * sampleRateHz));
  for (let pulse = 0; pulse < 8; pulse++) {
    addPulse(samples, sampleRateHz, pulse * pulseSeconds, pulseSeconds - 0.02, pulse % 2 === 0 ? 988 : 740, 0.92);
  }
  return samples;
}

/** Two soft notes: somebody invites. 0.7 s. */
export function chimeTone(sampleRateHz: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(Math.round(0.7 * sampleRateHz));
  addPulse(samples, sampleRateHz, 0, 0.28, 659, 0.35);
  addPulse(samples, sampleRateHz, 0.3, 0.38, 880, 0.35);
  return samples;
}

function addPulse(
  samples: Float32Array,
  sampleRateHz: number,
  startSeconds: number,
  lengthSeconds: number,
  toneHz: number,
  peak: number,
): void {
  const start = Math.round(startSeconds * sampleRateHz);
  const length = Math.round(lengthSeconds * sampleRateHz);
  const ramp = Math.round(0.008 * sampleRateHz);
  for (let at = 0; at < length && start + at < samples.length; at++) {
    const phase = (2 * Math.PI * toneHz * at) / sampleRateHz;
    // The odd harmonics carry through a room and reach ears that hear high tones badly.
    const wave = (Math.sin(phase) + Math.sin(3 * phase) / 3 + Math.sin(5 * phase) / 5) / 0.95;
    const envelope = Math.min(1, at / ramp, (length - at) / ramp);
    samples[start + at] = Math.max(-1, Math.min(1, wave * envelope)) * peak;
  }
}
