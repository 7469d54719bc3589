import { hasEnd, readCodestreamHeader, type CodestreamHeader } from './codestream.ts';
import type { Codecs, WasmDecoder, WasmFrameInfo } from './codecs.ts';
import { findFrameBytes } from './frame-bytes.ts';
import { readPixelLayout, type PixelLayout } from './image-description.ts';
import { ImagingError } from './imaging-error.ts';
import { inflateRaw } from './inflate.ts';
import { decodeJpegDct } from './jpeg-dct.ts';
import type { ParsedInstance } from './data-set.ts';
import { decodeRle } from './rle.ts';
import {
  cutStoredBits,
  expand422,
  interleavePlanes,
  samplesFromBytes,
  swapBytes,
  unpackBits,
  type DecodedFrame,
  type SampleArray,
} from './samples.ts';
import { EXPLICIT_BIG_ENDIAN, pixelCoding } from './transfer-syntax.ts';

/**
 * Decodes one frame to samples.
 * @param frameIndex 0-based.
 * @throws ImagingError with the reason; it never returns an image that is not the file's.
 */
export async function decodeFrame(
  { dataSet, transferSyntaxUid }: ParsedInstance,
  frameIndex: number,
  codecs: Codecs,
): Promise<DecodedFrame> {
  const layout = readPixelLayout(dataSet);
  const coding = pixelCoding(transferSyntaxUid);
  if (!coding) throw new ImagingError('unsupported-syntax', transferSyntaxUid);
  const { bytes, bitOffset, element } = findFrameBytes(dataSet, frameIndex, layout);

  if (coding === 'native' && !element.encapsulatedPixelData) {
    const bigEndian = transferSyntaxUid === EXPLICIT_BIG_ENDIAN || transferSyntaxUid === '1.2.840.113619.5.2';
    const float = element.tag !== 'x7fe00010';
    return fromNative(bytes, bitOffset, layout, { bigEndian, float, wordsOfBytes: element.vr === 'OW' });
  }
  if (coding === 'rle') {
    if (layout.bitsAllocated % 8 !== 0)
      throw new ImagingError('unsupported-pixels', `RLE ${layout.bitsAllocated} bits`);
    const pixels = layout.rows * layout.columns;
    const unpacked = decodeRle(bytes, pixels, layout.samplesPerPixel, layout.bitsAllocated / 8);
    return fromNative(unpacked, 0, { ...layout, planar: false, photometricInterpretation: full(layout) });
  }
  if (coding === 'deflated-frames') {
    const size = Math.ceil((layout.rows * layout.columns * layout.samplesPerPixel * layout.bitsAllocated) / 8);
    const inflated = inflateRaw(bytes, size + 1);
    if (inflated.length < size) throw new ImagingError('truncated', 'pixel data');
    return fromNative(inflated, 0, layout);
  }
  return decodeCodestream(bytes, layout, codecs);
}

/** Only uncompressed pixels can really be subsampled; in a compressed file the word describes what was coded. */
function full(layout: PixelLayout): string {
  return layout.photometricInterpretation === 'YBR_FULL_422' ? 'YBR_FULL' : layout.photometricInterpretation;
}

function fromNative(
  bytes: Uint8Array,
  bitOffset: number,
  layout: PixelLayout,
  { bigEndian = false, float = false, wordsOfBytes = false } = {},
): DecodedFrame {
  const { rows, columns, bitsAllocated, signed } = layout;
  const samplesPerPixel = layout.samplesPerPixel as 1 | 3;
  const pixels = rows * columns;
  const frame = { rows, columns, samplesPerPixel, photometricInterpretation: full(layout) };
  if (bitsAllocated === 1) return { ...frame, samples: unpackBits(bytes, bitOffset, pixels * samplesPerPixel) };
  let source = bytes;
  if (bigEndian && bitsAllocated === 8 && wordsOfBytes) {
    // In OW two pixels of 8 bits share a word, whose bytes big endian swaps (PS3.5 clause 8.1.1).
    source = bytes.slice();
    swapBytes(source, 2);
  }
  const kind = float ? 'float' : signed ? 'signed' : 'unsigned';
  let samples = samplesFromBytes(source, bitsAllocated, kind, bigEndian);
  if (!float) samples = cutStoredBits(samples, layout);
  if (layout.photometricInterpretation === 'YBR_FULL_422' && samples.length < pixels * 3) {
    samples = expand422(samples, pixels);
  }
  if (layout.planar) samples = interleavePlanes(samples);
  if (samples.length < pixels * samplesPerPixel) throw new ImagingError('truncated', 'pixel data');
  return { ...frame, samples };
}

async function decodeCodestream(bytes: Uint8Array, layout: PixelLayout, codecs: Codecs): Promise<DecodedFrame> {
  const header = readCodestreamHeader(bytes);
  if (header.width !== layout.columns || header.height !== layout.rows) {
    throw new ImagingError('damaged', `${header.width} x ${header.height} coded`);
  }
  if (header.components !== 1 && header.components !== 3) {
    throw new ImagingError('unsupported-pixels', `${header.components} components`);
  }
  if (!hasEnd(bytes)) throw new ImagingError('truncated', 'codestream');
  // The codestream, not the transfer syntax, says how it is coded: mislabelled files exist and decode well.
  switch (header.kind) {
    case 'dct':
      return decodeDct(bytes, header, layout, codecs);
    case 'lossless':
      return decodeLossless(bytes, header, layout, codecs);
    case 'jpeg-ls': {
      const { JpegLSDecoder } = await codecs.charLs();
      return fromWasm(runWasm(new JpegLSDecoder(), bytes), header, layout);
    }
    case 'jpeg-2000': {
      const { J2KDecoder } = await codecs.openJpeg();
      return fromWasm(runWasm(new J2KDecoder(), bytes), header, layout);
    }
  }
}

async function decodeDct(
  bytes: Uint8Array,
  header: CodestreamHeader,
  layout: PixelLayout,
  codecs: Codecs,
): Promise<DecodedFrame> {
  if (header.arithmetic) throw new ImagingError('unsupported-pixels', 'JPEG arithmetic');
  if (header.precision !== 8) {
    const { samples } = decodeJpegDct(bytes);
    return finish(samples, header, layout, full(layout));
  }
  const { JPEGDecoder } = await codecs.libJpeg();
  const { pixels, info } = runWasm(new JPEGDecoder(), nameColours(bytes, header, layout));
  // libjpeg turns YCbCr into RGB by itself.
  return finish(pixels, { ...header, components: info.componentCount }, layout, 'RGB');
}

/**
 * Without a JFIF or Adobe segment libjpeg takes three components for YCbCr, unless they are named R, G and B. DICOM
 * says it in Photometric Interpretation instead, so an Adobe segment (transform 0, none) is put in to tell libjpeg.
 */
function nameColours(bytes: Uint8Array, header: CodestreamHeader, layout: PixelLayout): Uint8Array {
  if (header.components !== 3 || header.namesColours || layout.photometricInterpretation !== 'RGB') return bytes;
  const segment = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0];
  const named = new Uint8Array(bytes.length + segment.length);
  named.set(bytes.subarray(0, 2));
  named.set(segment, 2);
  named.set(bytes.subarray(2), 2 + segment.length);
  return named;
}

async function decodeLossless(
  bytes: Uint8Array,
  header: CodestreamHeader,
  layout: PixelLayout,
  codecs: Codecs,
): Promise<DecodedFrame> {
  const { buffer } = bytes.slice();
  const { Decoder } = await codecs.jpegLossless();
  const decoded = new Decoder().decode(buffer, 0, buffer.byteLength, header.precision > 8 ? 2 : 1);
  return finish(decoded, header, layout, full(layout));
}

function runWasm(decoder: WasmDecoder, bytes: Uint8Array) {
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const info: WasmFrameInfo = { ...decoder.getFrameInfo() };
    // The codec's memory is given back below, so the pixels are copied out of it.
    const pixels = Uint8Array.from(decoder.getDecodedBuffer());
    return { info, pixels, interleave: decoder.getInterleaveMode?.() };
  } catch (thrown) {
    // Emscripten throws the address of a C++ exception.
    throw new ImagingError('damaged', thrown instanceof Error ? thrown.message.slice(0, 200) : 'codestream');
  } finally {
    decoder.delete();
  }
}

function fromWasm(
  { info, pixels, interleave }: ReturnType<typeof runWasm>,
  header: CodestreamHeader,
  layout: PixelLayout,
): DecodedFrame {
  const wide = info.bitsPerSample > 8;
  let samples = wide ? samplesFromBytes(pixels, 16, 'unsigned', false) : pixels;
  if (interleave === 0 && header.components === 3) samples = interleavePlanes(samples);
  const photometric = header.componentTransform ? 'RGB' : full(layout);
  return finish(
    samples,
    { ...header, precision: info.bitsPerSample, components: info.componentCount },
    layout,
    photometric,
  );
}

/** Gives decoded samples their sign and checks that the whole frame is there. */
function finish(
  decoded: SampleArray,
  header: CodestreamHeader,
  layout: PixelLayout,
  photometricInterpretation: string,
): DecodedFrame {
  const samplesPerPixel = header.components as 1 | 3;
  if (decoded.length < layout.rows * layout.columns * samplesPerPixel)
    throw new ImagingError('truncated', 'pixel data');
  // Pixel Representation decides, also over a JPEG 2000 header that disagrees with it.
  const samples = layout.signed ? signExtend(decoded, header.precision) : decoded;
  const colour = samplesPerPixel === 3 ? photometricInterpretation.replace(/^YBR_(RCT|ICT)$/, 'RGB') : undefined;
  return {
    rows: layout.rows,
    columns: layout.columns,
    samplesPerPixel,
    photometricInterpretation: colour ?? layout.photometricInterpretation,
    samples,
  };
}

function signExtend(samples: SampleArray, precision: number): SampleArray {
  const up = 32 - precision;
  const signed = precision > 8 ? new Int16Array(samples.length) : new Int8Array(samples.length);
  for (let index = 0; index < samples.length; index++) signed[index] = (samples[index]! << up) >> up;
  return signed;
}
