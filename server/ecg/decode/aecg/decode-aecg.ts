import type { EcgDocument, EcgFilePatient, EcgGroup } from '../../../../shared/ecg/waveform.ts';
import { decodeLimits, SampleBudget, WarningList } from '../decode-limits.ts';
import { isCjk } from '../../../../shared/dicom/dicom-text.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { isoFromCompactTime } from '../iso-time.ts';
import { attribute, localName, meaningful, streamXml } from '../xml-stream.ts';
import type { XmlAttributes } from '../xml-stream.ts';
import { AnnotationFindings } from './aecg-annotations.ts';
import type { Annotation } from './aecg-annotations.ts';
import { parseDigits, seriesToGroups } from './aecg-series.ts';
import type { Quantity, Sequence, Series } from './aecg-series.ts';

function quantity(attributes: XmlAttributes): Quantity {
  const value = attribute(attributes, 'value');
  return { value: value === '' ? Number.NaN : Number(value), unit: attribute(attributes, 'unit') };
}

/**
 * Listens to the elements of one annotated ECG (HL7 v3 PORT_MT020001). An element is understood by its own name and
 * those above it; everything else is passed over.
 */
class AecgReader {
  readonly warnings = new WarningList();
  readonly findings = new AnnotationFindings();
  readonly groups: EcgGroup[] = [];
  readonly patient: EcgFilePatient = {};
  readonly device: NonNullable<EcgDocument['device']> = {};
  acquiredAt: string | undefined;
  seriesCount = 0;

  readonly #budget = new SampleBudget();
  readonly #path: string[] = [];
  readonly #series: Series[] = [];
  readonly #derived: EcgGroup[] = [];
  readonly #annotations: Annotation[] = [];
  #sequence: Sequence | undefined;
  #nameParts: string[] = [];
  #ageFollows = false;
  #text = '';

  open(name: string, attributes: XmlAttributes): void {
    const parent = this.#path.at(-1) ?? '';
    this.#path.push(name);
    if (this.#path.length === 1 && name !== 'AnnotatedECG') {
      throw new EcgDecodeError('not-an-ecg', `XML with the root element <${name.slice(0, 40)}>`);
    }
    this.#text = '';
    if (name === 'series' || name === 'derivedSeries') {
      this.seriesCount++;
      this.#series.push({ derived: name === 'derivedSeries', code: '', sets: [] });
      return;
    }
    const series = this.#series.at(-1);
    if (series) this.#openInSeries(series, name, parent, attributes);
    else this.#openInHeader(name, parent, attributes);
  }

  text(text: string): void {
    this.#text += text;
  }

  close(): void {
    const name = this.#path.pop() ?? '';
    const parent = this.#path.at(-1) ?? '';
    const text = this.#text;
    this.#text = '';
    if (name === 'series' || name === 'derivedSeries') this.#closeSeries();
    else if (name === 'sequence') this.#sequence = undefined;
    else if (name === 'digits' && this.#sequence) {
      const digits = parseDigits(text, this.#budget, `aECG lead ${this.#sequence.code.slice(0, 40)}`);
      this.#sequence.digits = digits;
    } else if (name === 'annotation') this.#closeAnnotation();
    else if (name === 'value' && parent === 'annotation') this.#setAnnotationText(text);
    else if (this.#path.includes('seriesAuthor')) this.#closeInDevice(name, parent, text);
    else if (this.#path.includes('subjectDemographicPerson')) this.#closeInPerson(name, parent, text);
  }

  #openInSeries(series: Series, name: string, parent: string, attributes: XmlAttributes): void {
    const annotation = this.#annotations.at(-1);
    switch (name) {
      case 'sequenceSet':
        series.sets.push({ sequences: [] });
        if (series.sets.length > decodeLimits.groups)
          throw new EcgDecodeError('too-large', 'aECG: too many sequence sets');
        break;
      case 'sequence':
        this.#sequence = { code: '', type: '', digits: [] };
        series.sets.at(-1)?.sequences.push(this.#sequence);
        break;
      case 'code':
        if (parent === 'series' || parent === 'derivedSeries') series.code = attribute(attributes, 'code');
        else if (parent === 'sequence' && this.#sequence) this.#sequence.code = attribute(attributes, 'code');
        else if (parent === 'annotation' && annotation) annotation.code = attribute(attributes, 'code');
        else if (parent === 'boundary' && annotation && /_LEAD_/.test(attribute(attributes, 'code'))) {
          annotation.oneLead = true;
        }
        break;
      case 'value':
        if (parent === 'sequence' && this.#sequence) this.#sequence.type = localName(attribute(attributes, 'type'));
        else if (parent === 'annotation' && annotation) {
          annotation.value = quantity(attributes);
          annotation.valueCode = attribute(attributes, 'code');
          annotation.valueName = attribute(attributes, 'displayName');
        }
        break;
      case 'increment':
      case 'origin':
      case 'scale':
        if (parent === 'value' && this.#sequence) this.#sequence[name] = quantity(attributes);
        break;
      case 'low':
      case 'high':
        if (this.#path.at(-3) === 'boundary' && annotation) annotation[name] = quantity(attributes);
        else if (name === 'low' && parent === 'effectiveTime') this.#takeTime(attributes);
        break;
      case 'annotation':
        this.#annotations.push({ code: '', valueCode: '', valueName: '', text: '', oneLead: false });
        break;
      case 'id':
        if (parent === 'seriesAuthor' || parent === 'manufacturedSeriesDevice') {
          const serial = meaningful(attribute(attributes, 'extension'));
          if (serial !== undefined && serial !== '0') this.device.serialNumber ??= serial;
        }
        break;
    }
  }

  #openInHeader(name: string, parent: string, attributes: XmlAttributes): void {
    if (name === 'id' && parent === 'trialSubject') {
      // A root alone is an identifier of machines; people and their records know the extension.
      const id = meaningful(attribute(attributes, 'extension'));
      if (id !== undefined) this.patient.id ??= id;
    } else if (name === 'administrativeGenderCode' && parent === 'subjectDemographicPerson') {
      const sex = { M: 'male', F: 'female', UN: 'other' }[attribute(attributes, 'code').toUpperCase()];
      if (sex === 'male' || sex === 'female' || sex === 'other') this.patient.sex = sex;
    } else if (name === 'birthTime' && parent === 'subjectDemographicPerson') {
      const birthDate = isoFromCompactTime(attribute(attributes, 'value'))?.slice(0, 10);
      if (birthDate !== undefined) this.patient.birthDate = birthDate;
    } else if (name === 'name' && parent === 'subjectDemographicPerson') {
      this.#nameParts = [];
    } else if ((name === 'center' || name === 'low') && parent === 'effectiveTime' && this.#path.length === 3) {
      this.#takeTime(attributes);
    } else if (name === 'code' && parent === 'relatedObservation') {
      // LOINC 21612-7: reported age.
      this.#ageFollows = attribute(attributes, 'code') === '21612-7';
    } else if (name === 'value' && parent === 'relatedObservation' && this.#ageFollows) {
      const age = quantity(attributes);
      if (age.value > 0 && age.value < 150 && age.unit === 'a') this.patient.ageYears = Math.floor(age.value);
    }
  }

  #takeTime(attributes: XmlAttributes): void {
    this.acquiredAt ??= isoFromCompactTime(attribute(attributes, 'value'));
  }

  #closeSeries(): void {
    const series = this.#series.pop();
    if (!series) return;
    const where = `aECG ${series.derived ? 'derived series' : 'series'} ${series.code.slice(0, 40)}`;
    // A derived series stands inside its series: it is read first, but the rhythm comes first in the result.
    const groups = seriesToGroups(series, where, this.warnings);
    if (series.derived) this.#derived.push(...groups);
    else this.groups.push(...groups, ...this.#derived.splice(0));
    if (this.groups.length + this.#derived.length > decodeLimits.groups) {
      throw new EcgDecodeError('too-large', `aECG: more than ${decodeLimits.groups} groups of leads`);
    }
  }

  #closeAnnotation(): void {
    const annotation = this.#annotations.pop();
    const series = this.#series.at(-1);
    if (annotation && series) this.findings.add(annotation, series.derived);
  }

  #setAnnotationText(text: string): void {
    const annotation = this.#annotations.at(-1);
    if (annotation) annotation.text = text.trim().slice(0, decodeLimits.textCharacters);
  }

  #closeInDevice(name: string, parent: string, text: string): void {
    const words = meaningful(text);
    if (words === undefined) return;
    if (name === 'manufacturerModelName') this.device.model ??= words;
    else if (name === 'softwareName') this.device.softwareVersion ??= words;
    else if (name === 'name' && parent === 'manufacturerOrganization') this.device.manufacturer ??= words;
  }

  #closeInPerson(name: string, parent: string, text: string): void {
    const words = meaningful(text);
    if (parent === 'name' && words !== undefined) this.#nameParts.push(words);
    if (name !== 'name') return;
    const parts = this.#nameParts.length > 0 ? this.#nameParts : words === undefined ? [] : [words];
    if (parts.length > 0) this.patient.name ??= parts.join(parts.some(isCjk) ? '' : ' ');
  }
}

/**
 * Reads an HL7 annotated ECG (aECG, ANSI/HL7 V3 ECG R1): every series and derived series. The XML is streamed; a DOCTYPE
 * and any entity beyond XML's five are refused.
 * @throws EcgDecodeError
 */
export function decodeAecg(bytes: Uint8Array): EcgDocument {
  const reader = new AecgReader();
  streamXml(bytes, 'refused', reader);
  if (reader.groups.length === 0) {
    const reason = reader.seriesCount === 0 ? 'no series' : 'no series with a readable lead';
    throw new EcgDecodeError('malformed', `aECG: ${reason}, so there is no trace to show`);
  }
  const { patient, device, acquiredAt, findings, warnings } = reader;
  const hasPatient = Object.keys(patient).length > 0;
  if (!hasPatient) warnings.add('The file names no patient');
  if (acquiredAt === undefined) warnings.add('The file names no time of acquisition');
  const measurements = findings.finish();
  return {
    format: 'hl7-aecg',
    ...(hasPatient ? { patient } : {}),
    ...(acquiredAt === undefined ? {} : { acquiredAt }),
    ...(Object.keys(device).length > 0 ? { device } : {}),
    groups: reader.groups,
    ...(measurements ? { measurements } : {}),
    ...(findings.statements.length > 0 ? { statements: findings.statements } : {}),
    warnings: warnings.lines,
  };
}
