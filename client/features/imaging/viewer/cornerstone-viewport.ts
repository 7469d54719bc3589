import cornerstone, { type CornerstoneImage, type CornerstoneViewport } from 'cornerstone-core/dist/cornerstone.min.js';
import { fitScale, type ScreenSize } from './geometry.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { reduceFrame, reductionFor, type ReducedPixels } from './reduced-frame.ts';
import type { OpenViewport, ViewportView } from './viewport.ts';
import { colourTable, greyTable } from '../../../../shared/dicom/pixels/window-level.ts';

/** More device pixels than this for each CSS pixel cost time and show nothing more. */
const MAXIMUM_PIXEL_RATIO = 2;

/**
 * cornerstone-core on its 2D canvas. It knows neither device pixels nor DICOM's window formulas, so the element it
 * draws in is made larger by the device's pixel ratio and shrunk again, and the tables from stored value to grey are
 * ours: an image that carries a matching `cachedLut` is drawn with it.
 */
export const openCornerstoneViewport: OpenViewport = (host, onDrawn) => {
  const element = document.createElement('div');
  element.style.transformOrigin = '0 0';
  element.style.visibility = 'hidden';
  host.append(element);
  let screen: ScreenSize = { width: 1, height: 1 };
  let ratio = 1;

  const fitElement = (): void => {
    ratio = Math.min(MAXIMUM_PIXEL_RATIO, Math.max(1, globalThis.devicePixelRatio || 1));
    screen = { width: Math.max(1, host.clientWidth), height: Math.max(1, host.clientHeight) };
    element.style.width = `${Math.round(screen.width * ratio)}px`;
    element.style.height = `${Math.round(screen.height * ratio)}px`;
    element.style.transform = `scale(${1 / ratio})`;
  };
  fitElement();
  cornerstone.enable(element);

  let image: CornerstoneImage | undefined;
  let reduced: ReducedPixels | undefined;
  let shown: { frame: DisplayFrame; view: ViewportView } | undefined;
  const rendered = (): void => {
    if (shown && element.style.visibility === 'visible') onDrawn(shown.frame, shown.view);
  };
  element.addEventListener(cornerstone.EVENTS.IMAGE_RENDERED, rendered);

  const draw = (frame: DisplayFrame, view: ViewportView): void => {
    const size = { rows: frame.rows, columns: frame.columns, pixelAspect: frame.description.pixelAspect };
    const scale = fitScale(size, screen, view.rotationDegrees) * view.zoom * ratio;
    const factor = reductionFor(frame, scale);
    if (image === undefined || reduced?.factor !== factor || shown?.frame !== frame) {
      reduced = reduceFrame(frame, factor);
      image = cornerstoneImage(frame, reduced);
    }
    const { cachedLut } = image;
    if (
      cachedLut?.windowCenter !== view.windowCenter ||
      cachedLut.windowWidth !== view.windowWidth ||
      cachedLut.invert !== view.invert
    ) {
      image.cachedLut = {
        windowCenter: view.windowCenter,
        windowWidth: view.windowWidth,
        invert: view.invert,
        lutArray:
          frame.pixels.kind === 'grey'
            ? greyTable(frame.pixels, frame.description, view, view.invert)
            : colourTable(view, view.invert),
      };
    }
    shown = { frame, view };
    element.style.visibility = 'visible';
    cornerstone.displayImage(element, image, cornerstoneViewport(reduced, view, scale, ratio));
  };

  return {
    show: draw,
    clear() {
      shown = undefined;
      element.style.visibility = 'hidden';
    },
    resize() {
      fitElement();
      cornerstone.resize(element, false);
      if (shown) draw(shown.frame, shown.view);
    },
    dispose() {
      element.removeEventListener(cornerstone.EVENTS.IMAGE_RENDERED, rendered);
      cornerstone.disable(element);
      element.remove();
    },
  };
};

const numbers = new WeakMap<DisplayFrame, number>();
let lastNumber = 0;
function numberOf(frame: DisplayFrame): number {
  const number = numbers.get(frame) ?? ++lastNumber;
  numbers.set(frame, number);
  return number;
}

function cornerstoneImage(frame: DisplayFrame, { rows, columns, factor, data }: ReducedPixels): CornerstoneImage {
  const { pixels, description } = frame;
  const grey = pixels.kind === 'grey';
  return {
    // Under the same name it would take the picture that it rendered last for this one.
    imageId: `${numberOf(frame)}/${factor}`,
    minPixelValue: grey ? pixels.minimum : 0,
    maxPixelValue: grey ? pixels.maximum : 255,
    slope: 1,
    intercept: 0,
    windowCenter: 128,
    windowWidth: 256,
    getPixelData: () => data,
    rows,
    columns,
    width: columns,
    height: rows,
    color: !grey,
    ...(grey ? {} : { rgba: true }),
    columnPixelSpacing: 1,
    rowPixelSpacing: description.pixelAspect,
    sizeInBytes: data.byteLength,
    invert: false,
  };
}

/** @param scale device pixels for the shorter side of a frame pixel. */
function cornerstoneViewport(
  { rows, columns, factor }: ReducedPixels,
  view: ViewportView,
  scale: number,
  ratio: number,
): CornerstoneViewport {
  // cornerstone shifts before it turns and mirrors: the shift is the mirrored and turned way from the image's middle to
  // the wanted centre.
  const angle = (view.rotationDegrees * Math.PI) / 180;
  const columnsOff = (view.centerColumn / factor - columns / 2) * (view.mirrored ? -1 : 1);
  const rowsOff = view.centerRow / factor - rows / 2;
  return {
    scale: scale * factor,
    translation: {
      x: -(columnsOff * Math.cos(angle) - rowsOff * Math.sin(angle)),
      y: -(columnsOff * Math.sin(angle) + rowsOff * Math.cos(angle)),
    },
    voi: { windowCenter: view.windowCenter, windowWidth: view.windowWidth },
    invert: view.invert,
    // Far in, single pixels are shown as what they are.
    pixelReplication: scale / ratio >= 6,
    rotation: view.rotationDegrees,
    hflip: view.mirrored,
  };
}
