import type { ReactNode } from 'react';

/** Line drawings of 24 units, in the colour of their text. */
const PATHS = {
  window: (
    <>
      <circle cx="12" cy="12" r="8" />
      <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" stroke="none" />
    </>
  ),
  scroll: <path d="M5 7h11v11H5zM8 7V4h11v11h-3" />,
  pan: <path d="M12 3v18M3 12h18M12 3l-3 3M12 3l3 3M12 21l-3-3M12 21l3-3M3 12l3-3M3 12l3 3M21 12l-3-3M21 12l-3 3" />,
  zoom: (
    <>
      <circle cx="10.5" cy="10.5" r="6.5" />
      <path d="M15.5 15.5 21 21M7.5 10.5h6M10.5 7.5v6" />
    </>
  ),
  length: <path d="M4 17 17 4l3 3L7 20zM8 13l2 2M11 10l2 2M14 7l2 2" />,
  angle: <path d="M19 19H4L16 5M9.5 12.5c2 1.500 3.500 4 3.500 6.500" />,
  magnifier: (
    <>
      <circle cx="10.5" cy="10.5" r="7" />
      <path d="M15.500 15.500 21 21M8 10.500a2.500 2.500 0 0 1 2.500-2.500" />
    </>
  ),
  'flip-horizontal': <path d="M12 3v18M9 7 3 17h6zM15 7l6 10h-6z" />,
  'flip-vertical': <path d="M3 12h18M7 9 17 3v6zM7 15l10 6v-6z" />,
  fit: <path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5M9 9h6v6H9z" />,
  'actual-size': <path d="M5 8l2.500-2v12M15.500 8 18 6v12M12 9.500v.5M12 14v.5" />,
  'true-size': <path d="M4 17V7M20 17V7M4 12h16M7 9.500 4 12l3 2.500M17 9.500l3 2.500-3 2.500" />,
  'screen-check': <path d="M3 5h18v12H3zM9 20h6M7 9h3v4H7zM14 9h3v4h-3z" />,
  play: <path d="M7 4.500v15l12-7.500z" />,
  stop: <path d="M7 5h3.500v14H7zM13.500 5H17v14h-3.500z" />,
  cobb: <path d="M5 4l13 3M6 20l13-5M11.500 5.500v13" />,
  ellipse: <ellipse cx="12" cy="12" rx="8.500" ry="6" />,
  rectangle: <path d="M4 6h16v12H4z" />,
  probe: <path d="M12 3v7M12 14v7M3 12h7M14 12h7" />,
  arrow: <path d="M5 19 19 5M5 19v-7M5 19h7" />,
  text: <path d="M6 6h12M12 6v13M9.500 19h5" />,
  cardiothoracic: <path d="M3 19h18M3 17v4M21 17v4M12 3v12M12 8H7M12 12h5M7 6.500v3M17 10.500v3" />,
  'layout-1x1': <path d="M4 5h16v14H4z" />,
  'layout-1x2': <path d="M4 5h16v14H4zM12 5v14" />,
  'layout-2x2': <path d="M4 5h16v14H4zM12 5v14M4 12h16" />,
  reformat: <path d="M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8" />,
  checked: <path d="M5 5h14v14H5zM8.500 12l2.500 2.500 5-5.500" />,
  unchecked: <path d="M5 5h14v14H5z" />,
  undo: <path d="M9 5 4 10l5 5M4 10h10a5.500 5.500 0 0 1 0 10h-3" />,
  redo: <path d="M15 5l5 5-5 5M20 10H10a5.500 5.500 0 0 0 0 10h3" />,
  list: <path d="M8 6h12M8 12h12M8 18h12M4 6h.1M4 12h.1M4 18h.1" />,
  close: <path d="M6 6l12 12M18 6 6 18" />,
  reset: <path d="M5 12a7 7 0 1 0 2.200-5.100M4 4v4.500h4.500" />,
  invert: (
    <>
      <rect x="4" y="4" width="16" height="16" />
      <path d="M4 20 20 4v16z" fill="currentColor" stroke="none" />
    </>
  ),
  rotate: <path d="M19 12a7 7 0 1 1-2.200-5.100M20 4v4.500h-4.500" />,
  remove: <path d="M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5" />,
  'key-image': <path d="M12 3.500l2.600 5.600 6 .7-4.500 4.100 1.200 6-5.300-3-5.300 3 1.200-6-4.500-4.100 6-.7z" />,
  'key-image-marked': (
    <path
      d="M12 3.500l2.600 5.600 6 .7-4.500 4.100 1.200 6-5.300-3-5.300 3 1.200-6-4.500-4.100 6-.7z"
      fill="currentColor"
    />
  ),
  export: <path d="M12 15V4M8 7.500 12 3.500l4 4M5 13v7h14v-7" />,
  help: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M9.200 9.500a2.800 2.800 0 1 1 4 2.500c-.8.500-1.200 1-1.200 2M12 17v.5" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof PATHS;

export function ViewerIcon({ name }: { name: IconName }) {
  return (
    <svg
      className="iv-icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {PATHS[name]}
    </svg>
  );
}
