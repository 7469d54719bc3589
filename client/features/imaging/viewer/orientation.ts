import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';

/** Letters at the four edges: L left, R right, A anterior, P posterior, H head, F feet (PS3.3 C.7.6.1.1.1). */
export interface EdgeLetters {
  top: string;
  right: string;
  bottom: string;
  left: string;
}

const OPPOSITE: Record<string, string> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };
/** A direction less than 15 degrees off an axis is named by that axis alone. */
const SECOND_LETTER_FROM = 0.26;

/** Letters of a direction in patient coordinates (x to the left, y to the back, z to the head), strongest first. */
export function directionLetters(x: number, y: number, z: number): string {
  const named: [number, string][] = [
    [Math.abs(x), x > 0 ? 'L' : 'R'],
    [Math.abs(y), y > 0 ? 'P' : 'A'],
    [Math.abs(z), z > 0 ? 'H' : 'F'],
  ];
  return named
    .sort(([one], [other]) => other - one)
    .filter(([strength], index) => strength > (index === 0 ? 0 : SECOND_LETTER_FROM))
    .slice(0, 2)
    .map(([, letter]) => letter)
    .join('');
}

export function oppositeLetters(letters: string): string {
  return [...letters].map((letter) => OPPOSITE[letter] ?? letter).join('');
}

/** Letters at the edges of the picture as it is mirrored and turned now; undefined when the image does not say. */
export function edgeLetters(
  { orientation, patientOrientation }: Pick<DisplayFrame['description'], 'orientation' | 'patientOrientation'>,
  rotationDegrees: 0 | 90 | 180 | 270,
  mirrored: boolean,
): EdgeLetters | undefined {
  const axes = orientation
    ? [
        directionLetters(orientation[0]!, orientation[1]!, orientation[2]!),
        directionLetters(orientation[3]!, orientation[4]!, orientation[5]!),
      ]
    : patientOrientation;
  const [alongRow, alongColumn] = axes ?? [];
  if (!alongRow || !alongColumn) return undefined;
  const toRight = mirrored ? oppositeLetters(alongRow) : alongRow;
  const clockwise = [oppositeLetters(alongColumn), toRight, alongColumn, oppositeLetters(toRight)];
  const turns = rotationDegrees / 90;
  const at = (edge: number) => clockwise[(edge - turns + 4) % 4]!;
  return { top: at(0), right: at(1), bottom: at(2), left: at(3) };
}
