import type { types } from 'mediasoup';

/**
 * What a room carries. VP8 first: every browser encodes it in software with simulcast, and old PCs manage it;
 * H.264 constrained baseline for devices that only have that in hardware. Opus with in-band error correction
 * and silence left out, for weak lines.
 */
export const mediaCodecs: types.RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    parameters: { useinbandfec: 1, usedtx: 1 },
  },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
];
