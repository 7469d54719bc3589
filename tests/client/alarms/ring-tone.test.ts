import { expect, test } from '@jest/globals';
import { chimeTone, ringTone } from '../../../client/features/alarms/ring-tone.ts';

const sampleRateHz = 48_000;

/** The share of the energy of a stretch that lies at one frequency (Goertzel). */
function share(samples: Float32Array, toneHz: number): number {
  const turn = (2 * Math.PI * toneHz) / sampleRateHz;
  let real = 0;
  let imaginary = 0;
  let energy = 0;
  samples.forEach((sample, at) => {
    real += sample * Math.cos(turn * at);
    imaginary += sample * Math.sin(turn * at);
    energy += sample * sample;
  });
  return (2 * (real ** 2 + imaginary ** 2)) / (samples.length * energy);
}

test('the ring is loud, never clips, and starts and ends in silence so that it loops without a click', () => {
  const ring = ringTone(sampleRateHz);
  const peak = ring.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(peak).toBeGreaterThan(0.8);
  expect(peak).toBeLessThanOrEqual(1);
  expect(ring[0]).toBe(0);
  expect(ring.at(-1)).toBe(0);
  const loudness = Math.sqrt(ring.reduce((sum, sample) => sum + sample ** 2, 0) / ring.length);
  expect(loudness).toBeGreaterThan(0.35);
});

test('the ring alternates between two tones', () => {
  const ring = ringTone(sampleRateHz);
  const pulse = (index: number) =>
    ring.slice((index * 0.14 + 0.02) * sampleRateHz, (index * 0.14 + 0.1) * sampleRateHz);
  expect(share(pulse(0), 988)).toBeGreaterThan(0.6);
  expect(share(pulse(1), 740)).toBeGreaterThan(0.6);
  expect(share(pulse(0), 740)).toBeLessThan(0.1);
});

test('the chime of an invitation is softer than the ring', () => {
  const peak = chimeTone(sampleRateHz).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(peak).toBeGreaterThan(0.1);
  expect(peak).toBeLessThan(0.5);
});
