import type { EcgDocument, EcgGroup } from '../../../../shared/ecg/waveform.ts';
import { decodeLimits, SampleBudget, WarningList } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { readXmlElements } from '../xml-stream.ts';
import type { ElementReader } from '../xml-stream.ts';
import { DiagnosisLines, readAcquisition, readDevice, readMeasurements, readPatient } from './muse-findings.ts';
import { toGroup } from './muse-waveform.ts';
import type { MuseWaveform } from './muse-waveform.ts';

/** Sections whose elements are plain texts that we ask for. */
const sectionNames: ReadonlySet<string> = new Set([
  'PatientDemographics',
  'TestDemographics',
  'RestingECGMeasurements',
  'OriginalRestingECGMeasurements',
  'QRSTimesTypes',
  'PharmaData',
]);

function keep(fields: Map<string, string>, name: string, text: string): void {
  if (!fields.has(name)) fields.set(name, text);
}

/** Gathers what one RestingECG element holds; an element is understood by its name and those above it. */
class MuseReader implements ElementReader {
  readonly warnings = new WarningList();
  readonly groups: EcgGroup[] = [];
  readonly diagnosis = new DiagnosisLines();
  readonly originalDiagnosis = new DiagnosisLines();
  waveforms = 0;
  readonly #sections = new Map<string, Map<string, string>>();
  readonly #budget = new SampleBudget();
  #waveform: MuseWaveform = { fields: new Map(), leads: [] };

  section(name: string): Map<string, string> {
    const known = this.#sections.get(name);
    if (known) return known;
    const made = new Map<string, string>();
    this.#sections.set(name, made);
    return made;
  }

  open(path: readonly string[]): void {
    if (path[1] !== 'Waveform') return;
    if (path.length === 2) {
      this.#waveform = { fields: new Map(), leads: [] };
      if (++this.waveforms > decodeLimits.groups) {
        throw new EcgDecodeError('too-large', `MUSE: more than ${decodeLimits.groups} waveforms`);
      }
    } else if (path.length === 3 && path[2] === 'LeadData') this.#waveform.leads.push(new Map());
  }

  close(path: readonly string[], text: string): void {
    const [, section = '', name = '', field = ''] = path;
    if (section === 'Waveform') this.#closeInWaveform(path, text);
    else if (path.length === 3 && sectionNames.has(section)) {
      keep(this.section(section), name, text.slice(0, decodeLimits.textCharacters));
    } else if (section === 'Diagnosis') this.#closeInDiagnosis(this.diagnosis, path.length, field, text);
    else if (section === 'OriginalDiagnosis') this.#closeInDiagnosis(this.originalDiagnosis, path.length, field, text);
  }

  #closeInWaveform(path: readonly string[], text: string): void {
    const [, , name = '', field = ''] = path;
    if (path.length === 2) {
      const group = toGroup(this.#waveform, this.#budget, this.warnings);
      this.#waveform = { fields: new Map(), leads: [] };
      if (group) this.groups.push(group);
    } else if (path.length === 3 && name !== 'LeadData') keep(this.#waveform.fields, name, text);
    else if (path.length === 4 && name === 'LeadData') keep(this.#waveform.leads.at(-1) ?? new Map(), field, text);
  }

  #closeInDiagnosis(lines: DiagnosisLines, depth: number, field: string, text: string): void {
    if (depth === 2) lines.finish();
    else if (depth === 3) lines.endStatement();
    else if (depth === 4 && field === 'StmtFlag') lines.flag(text);
    else if (depth === 4 && field === 'StmtText') lines.text(text);
  }
}

/** The rhythm first, then the median beat, whatever their order in the file. */
function inReadingOrder(groups: readonly EcgGroup[]): EcgGroup[] {
  const order = ['rhythm', 'median', 'annotated-beats', 'other'];
  return groups.toSorted((a, b) => order.indexOf(a.label) - order.indexOf(b.label));
}

/**
 * Reads a GE MUSE export (restecg.dtd, root element RestingECG): rhythm and median beat. Its DOCTYPE is tolerated and
 * never fetched; one that declares anything is refused.
 * @throws EcgDecodeError
 */
export function decodeMuse(bytes: Uint8Array): EcgDocument {
  const reader = new MuseReader();
  readXmlElements(bytes, 'RestingECG', 'named only', reader);
  const { warnings } = reader;
  if (reader.groups.length === 0) {
    const reason = reader.waveforms === 0 ? 'no waveform' : 'no waveform with a readable lead';
    throw new EcgDecodeError('malformed', `MUSE: ${reason}, so there is no trace to show`);
  }
  if (!reader.groups.some((group) => group.label === 'rhythm')) warnings.add('The file holds no rhythm waveform');
  const patient = readPatient(reader.section('PatientDemographics'));
  const hasPatient = Object.keys(patient).length > 0;
  if (!hasPatient) warnings.add('The file names no patient');
  const acquiredAt = readAcquisition(reader.section('TestDemographics'));
  if (acquiredAt === undefined) warnings.add('The file names no time of acquisition');
  const device = readDevice(reader.section('TestDemographics'), reader.section('PharmaData'));
  const globalRr = reader.section('QRSTimesTypes').get('GlobalRR');
  const measurements =
    readMeasurements(reader.section('RestingECGMeasurements'), globalRr) ??
    readMeasurements(reader.section('OriginalRestingECGMeasurements'), globalRr);
  const edited = reader.diagnosis.lines;
  const statements = edited.length > 0 ? edited : reader.originalDiagnosis.lines;
  return {
    format: 'muse-xml',
    ...(hasPatient ? { patient } : {}),
    ...(acquiredAt === undefined ? {} : { acquiredAt }),
    ...(Object.keys(device).length > 0 ? { device } : {}),
    groups: inReadingOrder(reader.groups),
    ...(measurements ? { measurements } : {}),
    ...(statements.length > 0 ? { statements } : {}),
    warnings: warnings.lines,
  };
}
