import type { ReactNode } from 'react';

/** The shapes that stand beside colours and words; each keeps one meaning on every screen. */
const paths = {
  /** done, well */
  check: (
    <path
      d="M3.5 8.5 6.7 12 12.8 4.6"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.2"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
  /** under way */
  ring: <circle cx="8" cy="8" r="5.3" fill="none" stroke="currentColor" strokeWidth="2.2" />,
  half: (
    <>
      <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" strokeWidth="1.8" />
      <path d="M8 2.4a5.6 5.6 0 0 1 0 11.2Z" fill="currentColor" />
    </>
  ),
  /** not yet */
  dot: <circle cx="8" cy="8" r="2.6" fill="currentColor" />,
  /** look at this */
  triangle: (
    <>
      <path d="M8 1.6 15 14.2H1Z" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinejoin="round" />
      <path d="M8 6v3.2" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" />
      <circle cx="8" cy="11.9" r="1" fill="currentColor" />
    </>
  ),
  /** refused, failed */
  cross: <path d="M4 4l8 8M12 4l-8 8" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />,
  /** closed, over */
  square: <rect x="3.5" y="3.5" width="9" height="9" rx="1" fill="none" stroke="currentColor" strokeWidth="2" />,
  bell: (
    <path
      d="M8 1.8a4.2 4.2 0 0 0-4.2 4.2c0 4-1.6 5.2-1.6 5.2h11.6S12.2 10 12.2 6A4.2 4.2 0 0 0 8 1.8ZM6.4 13a1.7 1.7 0 0 0 3.2 0"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinejoin="round"
      strokeLinecap="round"
    />
  ),
  silent: (
    <path
      d="M2.5 6v4h2.7L9 13.2V2.8L5.2 6ZM11.3 6.2l3.2 3.6M14.5 6.2l-3.2 3.6"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinejoin="round"
      strokeLinecap="round"
    />
  ),
  sound: (
    <path
      d="M2.5 6v4h2.7L9 13.2V2.8L5.2 6ZM11.3 5.7a3.3 3.3 0 0 1 0 4.6M13.2 3.9a5.9 5.9 0 0 1 0 8.2"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinejoin="round"
      strokeLinecap="round"
    />
  ),
  phone: (
    <path
      d="M4.2 2 6.4 2.4 7.2 5.6 5.6 6.8c.8 1.6 2 2.8 3.6 3.6l1.2-1.6 3.2.8.4 2.2c0 1-.8 1.8-1.8 1.8C6.6 13.2 2.8 9.4 2.4 3.8 2.4 2.8 3.2 2 4.2 2Z"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinejoin="round"
    />
  ),
  heart: (
    <path
      d="M1.5 8.5h3l1.3-3 2.3 6 1.6-4.4.9 1.4h3.9"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinejoin="round"
      strokeLinecap="round"
    />
  ),
  menu: <path d="M2.5 4h11M2.5 8h11M2.5 12h11" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />,
  file: (
    <path
      d="M4 1.8h5.2L12.5 5v9.2H4ZM9 1.8V5.2h3.5"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinejoin="round"
    />
  ),
  /** before everything else */
  diamond: (
    <>
      <path
        d="M8 1.2 14.8 8 8 14.8 1.2 8Z"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinejoin="round"
      />
      <path d="M8 4.8v3.6" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />
      <circle cx="8" cy="10.9" r="1" fill="currentColor" />
    </>
  ),
  /** sooner than others */
  up: (
    <path
      d="M8 13.2V3.2M3.8 7.2 8 3l4.2 4.2"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
  /** in its turn */
  level: <path d="M3 6h10M3 10h10" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
  /** after the others */
  down: (
    <path
      d="M8 2.8v10M3.8 8.8 8 13l4.2-4.2"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
} satisfies Record<string, ReactNode>;

export type ShapeName = keyof typeof paths;

export function Shape({ name, size = 16 }: { name: ShapeName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {paths[name]}
    </svg>
  );
}

export type Tone = 'good' | 'caution' | 'trouble' | 'quiet' | 'alarm' | 'info';

/** A state: shape, word and colour together. */
export function State({ shape, tone, children }: { shape: ShapeName; tone: Tone; children: ReactNode }) {
  return (
    <span className="state" data-tone={tone}>
      <Shape name={shape} size={14} />
      {children}
    </span>
  );
}

/** A sentence that tells what is so and what to do. `live` reads it aloud when it appears. */
export function MessageBox({
  shape,
  tone,
  live,
  testId,
  children,
}: {
  shape: ShapeName;
  tone: Tone;
  live?: 'polite' | 'assertive';
  testId?: string;
  children: ReactNode;
}) {
  return (
    <div
      className="message-box"
      data-tone={tone}
      data-testid={testId}
      {...(live === 'assertive' ? { role: 'alert' } : live === 'polite' ? { role: 'status' } : {})}
    >
      <Shape name={shape} size={20} />
      {children}
    </div>
  );
}
