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
