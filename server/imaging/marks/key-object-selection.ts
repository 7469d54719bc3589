import type { Actor } from '../../platform/context.ts';
import { observer } from './mark-document.ts';
import { container, dcm, imageItem, related, textItem, type ContentItem, type ImageReference } from './sr-content.ts';

/** Key Object Selection Document Storage (PS3.3 A.35.4). */
export const KEY_OBJECT_SELECTION = '1.2.840.10008.5.1.4.1.1.88.59';

/** The content of a Key Object Selection, TID 2010 of PS3.16. */
export function keyObjectSelection(
  images: readonly ImageReference[],
  reader: Pick<Actor, 'name' | 'organisationName'>,
): ContentItem {
  return container(
    dcm('113000', 'Of Interest'),
    [
      ...observer(reader),
      related('CONTAINS', textItem(dcm('113012', 'Key Object Description'), '阅片时标记的关键图像')),
      ...images.map((image) => related('CONTAINS', imageItem(image))),
    ],
    '2010',
  );
}
