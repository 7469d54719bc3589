// cornerstone-core ships no types. Its main file carries a comment for each of its modules that a minifier must keep,
// twice the size, hence the other one. These are the parts that cornerstone-viewport.ts uses.
declare module 'cornerstone-core/dist/cornerstone.min.js' {
  export interface CornerstoneImage {
    imageId: string;
    minPixelValue: number;
    maxPixelValue: number;
    slope: number;
    intercept: number;
    windowCenter: number;
    windowWidth: number;
    getPixelData(): ArrayLike<number>;
    rows: number;
    columns: number;
    width: number;
    height: number;
    color: boolean;
    rgba?: boolean;
    columnPixelSpacing: number;
    rowPixelSpacing: number;
    sizeInBytes: number;
    invert: boolean;
    cachedLut?: {
      windowCenter: number;
      windowWidth: number;
      invert: boolean;
      lutArray: Uint8ClampedArray;
    };
  }
  export interface CornerstoneViewport {
    scale: number;
    translation: { x: number; y: number };
    voi: { windowWidth: number; windowCenter: number };
    invert: boolean;
    pixelReplication: boolean;
    rotation: number;
    hflip: boolean;
  }
  interface Cornerstone {
    enable(element: HTMLElement): void;
    disable(element: HTMLElement): void;
    resize(element: HTMLElement, forceFitToWindow?: boolean): void;
    displayImage(element: HTMLElement, image: CornerstoneImage, viewport: CornerstoneViewport): void;
    EVENTS: { IMAGE_RENDERED: string };
  }
  const cornerstone: Cornerstone;
  export default cornerstone;
}
