import type { EcgDocument, EcgGroup } from '../../../../shared/ecg/waveform.ts';
import { decodeLimits, SampleBudget, WarningList } from '../decode-limits.ts';
import { decimal } from '../device-values.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { attribute, readXmlElements } from '../xml-stream.ts';
import type { ElementReader, XmlAttributes } from '../xml-stream.ts';
import {
  Interpretation,
  latest,
  readDevice,
  readInternalMeasurements,
  readMoment,
  readPatient,
  readReportedMeasurements,
} from './philips-findings.ts';
import { toMedian, toRhythm } from './philips-waveforms.ts';
import type { ParsedWaveforms, RepresentativeBeat, RepresentativeBeats } from './philips-waveforms.ts';

const knownVersions: ReadonlySet<string> = new Set(['1.03', '1.04', '1.04.01', '1.04.02']);
const maximumInterpretations = 50;

function keep(texts: Map<string, string>, name: string, text: string): void {
  if (!texts.has(name)) texts.set(name, text.slice(0, decodeLimits.textCharacters));
}

/** Gathers what one restingecgdata element holds, by the elements' paths in either version of the schema. */
class PhilipsReader implements ElementReader {
  readonly document = new Map<string, string>();
  readonly patient = new Map<string, string>();
  readonly signal = new Map<string, string>();
  readonly internal = new Map<string, string>();
  readonly interpretations: Interpretation[] = [];
  device: NonNullable<EcgDocument['device']> = {};
  acquiredAt: string | undefined;
  qualityAdvice = '';
  parsed: ParsedWaveforms | undefined;
  representative: RepresentativeBeats | undefined;
  #machine: XmlAttributes = {};

  open(path: readonly string[], attributes: XmlAttributes): void {
    switch (path.slice(1).join('/')) {
      case 'dataacquisition':
        this.acquiredAt = readMoment(attributes);
        break;
      case 'dataacquisition/machine':
        this.#machine = attributes;
        break;
      case 'interpretations/interpretation':
        this.interpretations.push(new Interpretation(attributes));
        if (this.interpretations.length > maximumInterpretations) {
          throw new EcgDecodeError('too-large', `Philips: more than ${maximumInterpretations} interpretations`);
        }
        break;
      case 'waveforms/parsedwaveforms':
        this.parsed ??= { attributes, text: '' };
        break;
      case 'waveforms/repbeats':
        this.representative ??= { attributes, beats: [] };
        break;
      case 'waveforms/repbeats/repbeat':
        this.representative?.beats.push({
          leadName: attribute(attributes, 'leadname'),
          durationMs: decimal(attribute(attributes, 'duration')),
          text: '',
        });
        break;
      case 'waveforms/repbeats/repbeat/waveform': {
        const beat = this.#beat();
        if (beat) beat.durationMs ??= decimal(attribute(attributes, 'duration'));
        break;
      }
    }
  }

  #beat(): RepresentativeBeat | undefined {
    return this.representative?.beats.at(-1);
  }

  close(path: readonly string[], text: string): void {
    const [, section = '', part = '', third = ''] = path;
    const name = path.at(-1) ?? '';
    if (section === 'waveforms') this.#closeInWaveforms(path, text);
    else if (section === 'interpretations') this.#closeInInterpretation(path, text);
    else if (section === 'documentinfo' && path.length === 3) keep(this.document, name, text);
    else if (section === 'dataacquisition' && part === 'signalcharacteristics' && path.length === 4) {
      keep(this.signal, name, text);
    } else if (section === 'dataacquisition' && part === 'machine' && path.length === 3) {
      this.device = readDevice(this.#machine, text);
    } else if (section === 'patient' && part === 'generalpatientdata') {
      const direct = path.length === 4 || (path.length === 5 && (third === 'name' || third === 'age'));
      if (direct) keep(this.patient, name, text);
    } else if (/^(crosslead|global)measurements$/.test(part) && path.length === 4) {
      keep(this.internal, name, text);
      if (name === 'qaactioncode') this.qualityAdvice = text.trim().slice(0, 200);
    }
  }

  #closeInWaveforms(path: readonly string[], text: string): void {
    const [, , part = '', third = ''] = path;
    const beat = this.#beat();
    if (part === 'parsedwaveforms' && path.length === 3 && this.parsed?.text === '') this.parsed.text = text;
    else if (part !== 'repbeats' || third !== 'repbeat' || !beat) return;
    else if (path.length === 4 && beat.text === '') beat.text = text.trim();
    else if (path.length === 5 && path[4] === 'waveform') beat.text = text.trim();
  }

  #closeInInterpretation(path: readonly string[], text: string): void {
    const interpretation = this.interpretations.at(-1);
    const [, , , part = '', name = ''] = path;
    if (!interpretation) return;
    if (path.length === 4 && part === 'severity') interpretation.severity(text);
    else if (path.length === 4 && part === 'statement') interpretation.endStatement();
    else if (path.length === 5 && part === 'statement' && name === 'leftstatement') interpretation.left(text);
    else if (path.length === 5 && part === 'statement' && name === 'rightstatement') interpretation.right(text);
    else if (path.length === 5 && /^(global|interpretation)measurements$/.test(part)) {
      keep(interpretation.measurements, name, text);
    }
  }
}

function warnOfVersion(reader: PhilipsReader, warnings: WarningList): void {
  const type = (reader.document.get('documenttype') ?? '').trim();
  const version = (reader.document.get('documentversion') ?? '').trim();
  if ((type !== 'PhilipsECG' && type !== 'SierraECG') || !knownVersions.has(version)) {
    warnings.add(
      `Philips: document type "${type.slice(0, 40)}" and version "${version.slice(0, 20)}" are not known here`,
    );
  }
}

/**
 * Reads a Philips resting ECG (SierraECG schema 1.03 and 1.04, root element restingecgdata): rhythm, packed by XLI or
 * not, and representative beats.
 * @throws EcgDecodeError
 */
export function decodePhilips(bytes: Uint8Array): EcgDocument {
  const reader = new PhilipsReader();
  readXmlElements(bytes, 'restingecgdata', 'named only', reader);
  const warnings = new WarningList();
  const budget = new SampleBudget();
  warnOfVersion(reader, warnings);
  const { signal, representative, parsed, device, acquiredAt } = reader;
  const groups: EcgGroup[] = [];
  if (parsed) groups.push(toRhythm(parsed, signal, budget, warnings));
  else warnings.add('The file holds no rhythm waveform');
  const median = representative && toMedian(representative, signal, budget, warnings);
  if (median) groups.push(median);
  if (groups.length === 0) throw new EcgDecodeError('malformed', 'Philips: no waveforms, so there is no trace to show');
  if (/poor/i.test(reader.qualityAdvice)) warnings.add(`The device says of the signal: ${reader.qualityAdvice}`);
  const patient = readPatient(reader.patient);
  const hasPatient = Object.keys(patient).length > 0;
  if (!hasPatient) warnings.add('The file names no patient');
  if (acquiredAt === undefined) warnings.add('The file names no time of acquisition');
  const interpretation = latest(reader.interpretations);
  const measurements =
    (interpretation && readReportedMeasurements(interpretation.measurements)) ??
    readInternalMeasurements(reader.internal);
  const statements = interpretation?.lines() ?? [];
  return {
    format: 'philips-xml',
    ...(hasPatient ? { patient } : {}),
    ...(acquiredAt === undefined ? {} : { acquiredAt }),
    ...(Object.keys(device).length > 0 ? { device } : {}),
    groups,
    ...(measurements ? { measurements } : {}),
    ...(statements.length > 0 ? { statements } : {}),
    warnings: warnings.lines,
  };
}
