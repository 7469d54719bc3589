import { useTranslation } from 'react-i18next';
import type { ViewPointer } from '../../../../shared/contracts/viewing.ts';
import type { Paper } from '../../../../shared/ecg/paper-geometry.ts';
import { pointerPlaces } from './pointer-mapping.ts';
import type { EcgPointer, PaperPoint } from './pointer-mapping.ts';
import './remote-pointers.css';

/** Somebody else's pointer, as the consult shares it. `color` is the person's in this consult. */
export interface RemotePointer {
  id: string;
  name: string;
  color: string;
  pointer: ViewPointer;
}

/** A pointer on this ECG, with its places on this sheet (none when this layout doesn't show that lead then). */
export interface PlacedPointer {
  remote: RemotePointer;
  pointer: EcgPointer;
  places: PaperPoint[];
}

export function placePointers(paper: Paper, ecgId: string, remotes: readonly RemotePointer[]): PlacedPointer[] {
  return remotes.flatMap((remote) => {
    const { pointer } = remote;
    if (pointer.kind !== 'ecg' || pointer.ecgId !== ecgId) return [];
    return [{ remote, pointer, places: pointerPlaces(paper, pointer) }];
  });
}

/** Black or white, whichever reads better on a colour (#rrggbb; anything else counts as dark). WCAG 2.1, relative luminance. */
export function inkOn(color: string): '#000000' | '#ffffff' {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (!hex) return '#ffffff';
  const [red = 0, green = 0, blue = 0] = hex.slice(1).map((pair) => {
    const part = Number.parseInt(pair, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  // At 0.179 both contrasts are equal.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff';
}

/** Of a paper's picture: pointers that point at this page. */
export const pointersOnImage = (ecgId: string, page: number, remotes: readonly RemotePointer[]) =>
  remotes.flatMap((remote) => {
    const { pointer } = remote;
    if (pointer.kind !== 'ecg-image' || pointer.ecgId !== ecgId || pointer.page !== page) return [];
    return [{ remote, places: [{ xMm: pointer.xMm, yMm: pointer.yMm }] }];
  });

/** Draws pointers as a cross with a name tag; the tag turns to the left near the sheet's right edge. */
export function RemotePointers(props: {
  pointers: readonly Pick<PlacedPointer, 'remote' | 'places'>[];
  pixelsPerMm: number;
  paperWidthPx: number;
}) {
  return props.pointers.flatMap(({ remote, places }) =>
    places.map((place, index) => {
      const x = place.xMm * props.pixelsPerMm;
      const y = place.yMm * props.pixelsPerMm;
      // Chinese characters are as wide as high, Latin ones about 0.6 of it.
      const tagWidth = [...remote.name].reduce((sum, char) => sum + (char.charCodeAt(0) > 255 ? 14 : 8.5), 14);
      const turned = x + 12 + tagWidth > props.paperWidthPx;
      return (
        <g
          key={`${remote.id}/${index}`}
          className="ecg-pointer"
          data-pointer-id={remote.id}
          data-x-mm={place.xMm.toFixed(2)}
          data-y-mm={place.yMm.toFixed(2)}
          transform={`translate(${x} ${y})`}
        >
          <path className="ecg-pointer__rim" d="M-9 0H-3M3 0H9M0 -9V-3M0 3V9" />
          <path d="M-9 0H-3M3 0H9M0 -9V-3M0 3V9" stroke={remote.color} strokeWidth={2} />
          <circle r={2} fill={remote.color} />
          <g transform={`translate(${turned ? -10 - tagWidth : 10} 8)`}>
            <rect width={tagWidth} height={22} rx={3} fill={remote.color} />
            <text className="ecg-pointer__name" x={tagWidth / 2} y={16} textAnchor="middle" fill={inkOn(remote.color)}>
              {remote.name}
            </text>
          </g>
        </g>
      );
    }),
  );
}

/** Pointers that this layout has no place for: named, so that nobody talks to somebody looking elsewhere. */
export function HiddenPointers({ pointers }: { pointers: readonly PlacedPointer[] }) {
  const { t } = useTranslation();
  const hidden = pointers.filter(({ places }) => places.length === 0);
  if (hidden.length === 0) return null;
  return (
    <ul className="ecg-viewer__elsewhere">
      {hidden.map(({ remote, pointer }) => (
        <li key={remote.id}>
          <i style={{ background: remote.color }} />
          {t('ecg.viewer.pointerElsewhere', {
            name: remote.name,
            lead: pointer.lead,
            seconds: pointer.seconds.toFixed(1),
            interpolation: { escapeValue: false },
          })}
        </li>
      ))}
    </ul>
  );
}
