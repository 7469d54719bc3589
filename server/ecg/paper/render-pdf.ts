import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { init, type WrappedPdfiumModule } from '@embedpdf/pdfium';
import { capWasmMemory } from './cap-wasm-memory.ts';
import { PaperRefusal } from './paper-refusal.ts';
import { pictureLimits, type Raster } from './raster.ts';

const wasmPath = createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm');
/** Ten pixels to the millimetre. */
const dotsPerInch = 254;
const mostPixels = 20_000_000;
/** Metres of paper are no page. */
const mostPoints = 5000;
const passwordError = 4;

/**
 * Draws the first pages of a PDF, vector or scan alike, white behind. Scripts, forms and attachments are never run.
 * @throws PaperRefusal `pdf-locked` where it is encrypted or brings JavaScript, `damaged`, or `too-large`
 */
export async function* renderPdf(bytes: Uint8Array): AsyncGenerator<Raster> {
  const pdfium = await init({ wasmBinary: capWasmMemory(readFileSync(wasmPath), pictureLimits.codecMemoryPages) });
  const { pdfium: memory } = pdfium;
  pdfium.FPDF_InitLibrary();
  const file = memory.wasmExports.malloc(bytes.length);
  if (file === 0) throw new PaperRefusal('too-large', `PDF of ${bytes.length} bytes`);
  heapOf(pdfium).set(bytes, file);
  const document = pdfium.FPDF_LoadMemDocument(file, bytes.length, '');
  if (document === 0) {
    if (pdfium.FPDF_GetLastError() === passwordError) throw new PaperRefusal('pdf-locked', 'PDF: it has a password');
    throw new PaperRefusal('damaged', 'PDF: its structure cannot be read');
  }
  if (pdfium.FPDF_GetSecurityHandlerRevision(document) >= 0)
    throw new PaperRefusal('pdf-locked', 'PDF: it is encrypted');
  if (pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0)
    throw new PaperRefusal('pdf-locked', 'PDF: it holds JavaScript');
  const pages = Math.min(pictureLimits.pdfPages, pdfium.FPDF_GetPageCount(document));
  if (pages < 1) throw new PaperRefusal('damaged', 'PDF without a page');
  for (let page = 0; page < pages; page += 1) yield renderPage(pdfium, document, page);
}

function renderPage(pdfium: WrappedPdfiumModule, document: number, number: number): Raster {
  const page = pdfium.FPDF_LoadPage(document, number);
  if (page === 0) throw new PaperRefusal('damaged', `PDF: page ${number + 1} cannot be read`);
  const widthPoints = pdfium.FPDF_GetPageWidthF(page);
  const heightPoints = pdfium.FPDF_GetPageHeightF(page);
  if (!(widthPoints > 20 && heightPoints > 20 && widthPoints < mostPoints && heightPoints < mostPoints))
    throw new PaperRefusal('too-large', `PDF: page ${number + 1} measures ${widthPoints} x ${heightPoints} points`);
  const scale = Math.min(dotsPerInch / 72, Math.sqrt(mostPixels / (widthPoints * heightPoints)));
  const width = Math.round(widthPoints * scale);
  const height = Math.round(heightPoints * scale);
  const bgr = 2;
  const bitmap = pdfium.FPDFBitmap_CreateEx(width, height, bgr, 0, 0);
  if (bitmap === 0) throw new PaperRefusal('too-large', `PDF: no memory for page ${number + 1}`);
  pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
  const withAnnotations = 0x01;
  pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, withAnnotations);
  const start = pdfium.FPDFBitmap_GetBuffer(bitmap);
  const stride = pdfium.FPDFBitmap_GetStride(bitmap);
  const heap = heapOf(pdfium);
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y += 1) {
    for (let x = 0, from = start + y * stride; x < width; x += 1, from += 3, to += 3) {
      rgb[to] = heap[from + 2]!;
      rgb[to + 1] = heap[from + 1]!;
      rgb[to + 2] = heap[from]!;
    }
  }
  pdfium.FPDFBitmap_Destroy(bitmap);
  pdfium.FPDF_ClosePage(page);
  return { width, height, rgb };
}

/** Emscripten's view of its memory, new after each growth; the package's types leave it out. */
const heapOf = ({ pdfium }: WrappedPdfiumModule) => (pdfium as unknown as { HEAPU8: Uint8Array }).HEAPU8;
