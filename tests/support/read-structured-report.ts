import dicomParser, { type DataSet } from 'dicom-parser';

/** A structured report as a reader of ours sees it (PS3.3 C.17.3): each item with its relationship, name and value. */
export interface ReadItem {
  relationship: string;
  type: string;
  /** `value scheme` of its concept. */
  name: string;
  /** Text, name or UID; `value unit` of a number; `value scheme` of a code; a shape with its points; an image's UID. */
  value: string;
  children: ReadItem[];
}

export interface ReadReport {
  root: ReadItem;
  text(tag: string): string;
  /** Series and instances of the evidence. */
  evidence: [series: string, instances: string[]][];
}

const utf8 = new TextDecoder();
const text = (set: DataSet, tag: string): string => {
  const element = set.elements[tag];
  if (element === undefined) return '';
  return utf8
    .decode(set.byteArray.subarray(element.dataOffset, element.dataOffset + element.length))
    .replace(/[\0 ]+$/, '');
};
const items = (set: DataSet, tag: string): DataSet[] =>
  (set.elements[tag]?.items ?? []).flatMap(({ dataSet }) => dataSet ?? []);
const code = (set: DataSet, tag: string): string =>
  items(set, tag)
    .map((one) => `${text(one, 'x00080100')} ${text(one, 'x00080102')}`)
    .join(' ');

function valueOf(set: DataSet, type: string): string {
  switch (type) {
    case 'NUM': {
      const [measured] = items(set, 'x0040a300');
      return measured === undefined
        ? `none ${code(set, 'x0040a301')}`
        : `${text(measured, 'x0040a30a')} ${code(measured, 'x004008ea')}`;
    }
    case 'CODE':
      return code(set, 'x0040a168');
    case 'TEXT':
      return text(set, 'x0040a160');
    case 'PNAME':
      return text(set, 'x0040a123');
    case 'UIDREF':
      return text(set, 'x0040a124');
    case 'SCOORD': {
      const { length } = set.elements['x00700022']!;
      const points = Array.from({ length: length / 4 }, (_, index) => set.float('x00700022', index));
      return `${text(set, 'x00700023')} ${points.join(' ')}`;
    }
    case 'IMAGE': {
      const [image] = items(set, 'x00081199');
      return [text(image!, 'x00081155'), text(image!, 'x00081160')].filter(Boolean).join(' ');
    }
    default:
      return '';
  }
}

const read = (set: DataSet): ReadItem => {
  const type = text(set, 'x0040a040');
  return {
    relationship: text(set, 'x0040a010'),
    type,
    name: code(set, 'x0040a043'),
    value: valueOf(set, type),
    children: items(set, 'x0040a730').map(read),
  };
};

export function readStructuredReport(file: Uint8Array): ReadReport {
  const set = dicomParser.parseDicom(file);
  return {
    root: read(set),
    text: (tag) => text(set, tag),
    evidence: items(set, 'x0040a375')
      .flatMap((study) => items(study, 'x00081115'))
      .map((series) => [
        text(series, 'x0020000e'),
        items(series, 'x00081199').map((instance) => text(instance, 'x00081155')),
      ]),
  };
}

/** All items of a tree, parents first. */
export const allItems = (item: ReadItem): ReadItem[] => [item, ...item.children.flatMap(allItems)];
