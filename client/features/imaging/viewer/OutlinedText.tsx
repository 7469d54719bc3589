import type { Point, ScreenSize } from './geometry.ts';

const LINE_PX = 19;

/** Text with a dark rim, kept inside the picture. */
export function OutlinedText({
  at,
  lines,
  screen,
  fill,
}: {
  at: Point;
  lines: readonly string[];
  screen: ScreenSize;
  fill?: string;
}) {
  const widthOf = (text: string) => [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 15 : 8.5), 0);
  const width = Math.max(...lines.map(widthOf));
  const x = Math.max(4, Math.min(at.x, screen.width - width - 4));
  const y = Math.max(18, Math.min(at.y, screen.height - 6 - LINE_PX * (lines.length - 1)));
  return (
    <text x={x} y={y} style={fill ? { fill } : undefined}>
      {lines.map((line, index) => (
        <tspan key={index} x={x} dy={index === 0 ? 0 : LINE_PX}>
          {line}
        </tspan>
      ))}
    </text>
  );
}
