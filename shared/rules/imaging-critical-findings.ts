import { alsoOf, type ExaminationKind } from './imaging-clock.ts';

/**
 * Words that are offered when an imaging doctor tells a critical value; any other words may be told as well. Items of
 * hospitals' lists in public use (unchecked against a national source), each with the examinations that show it.
 */
const findings: readonly { zh: string; en: string; of: readonly ExaminationKind[] }[] = [
  { zh: '急性颅内出血', en: 'Acute intracranial haemorrhage', of: ['head-ct', 'mr'] },
  { zh: '脑疝', en: 'Brain herniation', of: ['head-ct', 'mr'] },
  { zh: '大面积脑梗死', en: 'Large cerebral infarction', of: ['head-ct', 'mr'] },
  { zh: '主动脉夹层', en: 'Aortic dissection', of: ['ct', 'mr'] },
  { zh: '肺动脉栓塞', en: 'Pulmonary embolism', of: ['ct'] },
  { zh: '张力性气胸', en: 'Tension pneumothorax', of: ['xray', 'ct'] },
  { zh: '膈下游离气体（消化道穿孔）', en: 'Free air below the diaphragm (perforation)', of: ['xray', 'ct'] },
  { zh: '大量心包积液（心包填塞）', en: 'Large pericardial effusion (tamponade)', of: ['ct', 'other'] },
  { zh: '脊柱骨折伴脊髓受压', en: 'Spinal fracture with cord compression', of: ['xray', 'ct', 'mr'] },
  { zh: '肝、脾破裂出血', en: 'Ruptured liver or spleen with bleeding', of: ['ct', 'other'] },
  { zh: '异位妊娠破裂', en: 'Ruptured ectopic pregnancy', of: ['other'] },
];

/** In the language of the one who tells: `zh-CN` or `en`. Of a CT those of every part, the likely ones first. */
export const offeredFindings = (examination: ExaminationKind, language: string): string[] =>
  alsoOf(examination)
    .flatMap((one, at, all) =>
      findings.filter(({ of }) => of.includes(one) && !all.slice(0, at).some((before) => of.includes(before))),
    )
    .map(({ zh, en }) => (language === 'en' ? en : zh));
