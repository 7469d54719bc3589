import type { ReactNode } from 'react';

/** Line icons of the viewer's toolbar; each stands beside or behind a word, so they are hidden from readers. */
function icon(content: ReactNode) {
  return (
    <svg
      viewBox="0 0 16 16"
      width="1.15em"
      height="1.15em"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {content}
    </svg>
  );
}

export const CaliperIcon = () => icon(<path d="M3 2v12M13 2v12M3 8h10M5.5 5.8 3 8l2.5 2.2M10.5 5.8 13 8l-2.5 2.2" />);
export const DeleteIcon = () => icon(<path d="M2.5 4h11M6 4V2.5h4V4M4 4l.7 9.5h6.6L12 4M6.7 7v4M9.3 7v4" />);
export const ResetIcon = () => icon(<path d="M3 8a5 5 0 1 0 1.6-3.7M3 2.5V5.5h3" />);
export const KeyboardIcon = () =>
  icon(<path d="M1.5 4h13v8.5h-13zM4 6.5h.01M6.7 6.5h.01M9.3 6.5h.01M12 6.5h.01M4 9.7h.01M6.5 9.7h3.3M12 9.7h.01" />);
export const MarchIcon = () => icon(<path d="M2 2v12M6 4v8M10 4v8M14 2v12" />);
export const AverageBeatIcon = () =>
  icon(<path d="M1.5 10h2l1-1.5 1 1.5h.8l1-7.5 1.2 11 .9-3.5h1.3l1.4-2 1.4 2h1M2 13.5h.01M14 13.5h.01" />);
export const DisplayIcon = () => icon(<path d="M2 4.5h6.5M11.5 4.5H14M2 11.5h2.5M7.5 11.5H14M10 3v3M6 10v3" />);
export const PrintIcon = () => icon(<path d="M4.5 5.5V2h7v3.5M4.5 11.5H2v-6h12v6h-2.5M4.5 9.5h7V14h-7z" />);
export const CompareIcon = () => icon(<path d="M2 3h5v10H2zM9 3h5v10H9zM3 9l1-3 1.5 5L6 8M10 9l1-3 1.5 5L13 8" />);
