import { z } from 'zod';
import { id, nothing, signal } from './contract.ts';

/**
 * The call in a consult's room: what a window asks of the hub and what the hub tells every window. The WebRTC
 * parameters (ORTC, as mediasoup takes them) are bounded here in size and form; whether they fit together is
 * checked by the SFU. Unknown keys are dropped. All ids are the SFU's own.
 */
const consultId = id;
/** Made by the SFU: UUIDs in lower case. */
const mediaId = z.uuid();
/** Chosen by the hub, one for each window in the room. */
const peerId = z.string().min(1).max(64);
const shortText = z.string().max(256);
const payloadType = z.number().int().min(0).max(127);
const headerExtensionId = z.number().int().min(1).max(255);
const ssrc = z.number().int().min(1).max(0xffff_ffff);
const bitrate = z.number().int().min(0).max(1_000_000_000);

export const mediaKind = z.enum(['audio', 'video']);
export type MediaKind = z.infer<typeof mediaKind>;
/** A microphone is audio, the other two are video; a window has at most one of each. */
export const mediaSource = z.enum(['microphone', 'camera', 'screen']);
export type MediaSource = z.infer<typeof mediaSource>;

const codecParameters = z
  .record(z.string().max(64), z.union([shortText, z.number().finite()]))
  .refine((parameters) => Object.keys(parameters).length <= 32);
const rtcpFeedback = z
  .array(z.object({ type: z.string().max(32), parameter: z.string().max(32).exactOptional() }))
  .max(16);
const codec = {
  mimeType: z.string().max(64),
  clockRate: z.number().int().min(1).max(1_000_000),
  channels: z.number().int().min(1).max(8).exactOptional(),
  parameters: codecParameters.exactOptional(),
  rtcpFeedback: rtcpFeedback.exactOptional(),
};

export const rtpCapabilities = z.object({
  codecs: z.array(z.object({ ...codec, kind: mediaKind, preferredPayloadType: payloadType })).max(64),
  headerExtensions: z
    .array(
      z.object({
        kind: mediaKind,
        uri: shortText,
        preferredId: headerExtensionId,
        preferredEncrypt: z.boolean().exactOptional(),
        direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).exactOptional(),
      }),
    )
    .max(64),
});
export type RtpCapabilities = z.infer<typeof rtpCapabilities>;

export const rtpParameters = z.object({
  mid: z.string().max(32).exactOptional(),
  msid: shortText.exactOptional(),
  codecs: z
    .array(z.object({ ...codec, payloadType }))
    .min(1)
    .max(16),
  headerExtensions: z
    .array(
      z.object({
        uri: shortText,
        id: headerExtensionId,
        encrypt: z.boolean().exactOptional(),
        parameters: codecParameters.exactOptional(),
      }),
    )
    .max(32)
    .exactOptional(),
  encodings: z
    .array(
      z.object({
        ssrc: ssrc.exactOptional(),
        rid: z.string().max(32).exactOptional(),
        codecPayloadType: payloadType.exactOptional(),
        rtx: z.object({ ssrc }).exactOptional(),
        dtx: z.boolean().exactOptional(),
        scalabilityMode: z.string().max(32).exactOptional(),
        maxBitrate: bitrate.exactOptional(),
      }),
    )
    .min(1)
    .max(4)
    .exactOptional(),
  rtcp: z.object({ cname: shortText.exactOptional(), reducedSize: z.boolean().exactOptional() }).exactOptional(),
});
export type RtpParameters = z.infer<typeof rtpParameters>;

export const dtlsParameters = z.object({
  role: z.enum(['auto', 'client', 'server']).exactOptional(),
  fingerprints: z
    .array(
      z.object({
        algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
        /** Hexadecimal pairs with colons, RFC 8122 section 5. */
        value: z.string().regex(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){15,63}$/),
      }),
    )
    .min(1)
    .max(8),
});
export type DtlsParameters = z.infer<typeof dtlsParameters>;

const iceParameters = z.object({
  usernameFragment: z.string().max(256),
  password: z.string().max(256),
  iceLite: z.boolean().exactOptional(),
});
export type IceParameters = z.infer<typeof iceParameters>;

const transport = z.object({
  transportId: mediaId,
  iceParameters,
  iceCandidates: z
    .array(
      z.object({
        foundation: z.string().max(64),
        priority: z.number().int().min(0),
        ip: shortText,
        address: shortText,
        protocol: z.enum(['udp', 'tcp']),
        port: z.number().int().min(1).max(65535),
        type: z.literal('host'),
        tcpType: z.literal('passive').exactOptional(),
      }),
    )
    .max(64),
  dtlsParameters,
});
export type TransportParameters = z.infer<typeof transport>;

const producer = z.object({ producerId: mediaId, kind: mediaKind, source: mediaSource, paused: z.boolean() });
export type ProducerDescription = z.infer<typeof producer>;

/** Who sits at a window, as the others read it. */
const person = z.object({
  peerId,
  accountId: id,
  name: z.string().max(120),
  organisation: z.string().max(200),
});
export type CallPerson = z.infer<typeof person>;

/** Spatial layer 0 is the smallest picture; see the client's encodings for what there is. */
const layers = z.object({
  spatialLayer: z.number().int().min(0).max(3),
  temporalLayer: z.number().int().min(0).max(3).exactOptional(),
});
export type PreferredLayers = z.infer<typeof layers>;

const iceServer = z.object({
  urls: z.array(shortText).max(8),
  username: shortText.exactOptional(),
  credential: shortText.exactOptional(),
});
const ownConsumer = z.object({ consultId, consumerId: mediaId });
const ownProducer = z.object({ consultId, producerId: mediaId });

export const callRequests = {
  /**
   * Enters the room. A window whose connection was cut names the peer that it was: where the hub still keeps
   * that peer for the same account, its transports and producers go on, and `resumed` is true. Otherwise it is
   * a new peer and everything is made anew. A peer that the same connection was before in this room has left then.
   */
  'call:join': signal(
    z.object({ consultId, resumePeerId: peerId.exactOptional() }),
    z.object({
      peerId,
      resumed: z.boolean(),
      routerRtpCapabilities: rtpCapabilities,
      /** The others in the room. */
      peers: z.array(person.extend({ producers: z.array(producer).max(8) })).max(64),
      iceServers: z.array(iceServer).max(8),
    }),
  ),
  /** A window has one transport of each direction; asking again closes the earlier one and all that it carried. */
  'call:create-transport': signal(
    z.discriminatedUnion('direction', [
      z.object({ consultId, direction: z.literal('send') }),
      z.object({ consultId, direction: z.literal('receive'), rtpCapabilities }),
    ]),
    transport,
  ),
  'call:connect-transport': signal(z.object({ consultId, transportId: mediaId, dtlsParameters }), nothing),
  /** After the network changed: new ICE credentials for a transport that stays. */
  'call:restart-ice': signal(z.object({ consultId, transportId: mediaId }), iceParameters),
  'call:produce': signal(
    z.object({
      consultId,
      transportId: mediaId,
      kind: mediaKind,
      source: mediaSource,
      rtpParameters,
      paused: z.boolean(),
    }),
    z.object({ producerId: mediaId }),
  ),
  'call:close-producer': signal(ownProducer, nothing),
  'call:pause-producer': signal(ownProducer, nothing),
  'call:resume-producer': signal(ownProducer, nothing),
  /** The consumer starts paused, so that no picture is lost before the window is ready: resume it then. */
  'call:consume': signal(
    z.object({ consultId, producerId: mediaId }),
    z.object({
      consumerId: mediaId,
      producerId: mediaId,
      kind: mediaKind,
      rtpParameters,
      producerPaused: z.boolean(),
    }),
  ),
  'call:resume-consumer': signal(ownConsumer, nothing),
  'call:pause-consumer': signal(ownConsumer, nothing),
  'call:set-preferred-layers': signal(ownConsumer.extend({ layers }), nothing),
  /** With a peer id only that seat: a leave that comes late ends no new one. Without one whichever the window has. */
  'call:leave': signal(z.object({ consultId, peerId: peerId.optional() }), nothing),
} as const;

const aboutProducer = z.object({ consultId, peerId, producerId: mediaId });

/** To every window in the room but the one that caused it. */
export const callNotices = {
  'call:peer-joined': z.object({ consultId, peer: person }),
  /** All that this peer sent is gone with it. */
  'call:peer-left': z.object({ consultId, peerId }),
  'call:producer-added': z.object({ consultId, peerId, producer }),
  'call:producer-removed': aboutProducer,
  'call:producer-paused': aboutProducer,
  'call:producer-resumed': aboutProducer,
  /** The room's worker died, or the room was closed; join again. */
  'call:room-lost': z.object({ consultId }),
} as const;
