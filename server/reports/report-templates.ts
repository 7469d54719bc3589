import type { ReportTemplateView } from '../../shared/contracts/reports.ts';

/**
 * Texts that a doctor starts from and always changes to what they see; values stand as blanks (__) that nobody can
 * sign by oversight without seeing them. Wording is ordinary hospital usage, editable data in time to come.
 */
export const reportTemplates: readonly ReportTemplateView[] = [
  {
    key: 'ecg-normal',
    kind: 'ecg',
    examination: null,
    name: '窦性心律，正常心电图',
    nameEn: 'Sinus rhythm, normal ECG',
    content: {
      findings:
        '窦性心律，心率__次/分。P波形态正常，PR间期__ms。QRS时限__ms，电轴不偏。各导联ST段无偏移，T波无异常。QTc __ms。',
      impression: '窦性心律，正常心电图。',
      advice: '请结合临床。胸痛持续者15～30分钟后复查心电图及肌钙蛋白。',
    },
  },
  {
    key: 'ecg-inferior-stemi',
    kind: 'ecg',
    examination: null,
    name: '急性下壁ST段抬高型心肌梗死',
    nameEn: 'Acute inferior STEMI',
    content: {
      findings: '窦性心律，心率__次/分。II、III、aVF导联ST段弓背向上抬高__mV，I、aVL导联ST段对应性压低。',
      impression: '急性下壁ST段抬高型心肌梗死（STEMI）。',
      advice:
        '立即启动绿色通道转运。加做V3R、V4R及V7～V9导联。建立静脉通路，心电监护，备除颤；用药遵会诊医师医嘱。疑右室梗死时慎用硝酸酯类。',
    },
  },
  {
    key: 'ecg-anterior-stemi',
    kind: 'ecg',
    examination: null,
    name: '急性前壁ST段抬高型心肌梗死',
    nameEn: 'Acute anterior STEMI',
    content: {
      findings: '窦性心律，心率__次/分。V__～V__导联ST段弓背向上抬高__mV，II、III、aVF导联ST段__。',
      impression: '急性前壁ST段抬高型心肌梗死（STEMI）。',
      advice: '立即启动绿色通道转运。建立静脉通路，心电监护，备除颤；用药遵会诊医师医嘱。',
    },
  },
  {
    key: 'ecg-nste',
    kind: 'ecg',
    examination: null,
    name: 'ST段压低，提示心肌缺血',
    nameEn: 'ST depression, ischaemia',
    content: {
      findings: '窦性心律，心率__次/分。__导联ST段水平型/下斜型压低__mV，T波__。',
      impression: 'ST-T改变，提示心肌缺血，请结合肌钙蛋白。',
      advice: '动态观察心电图，查肌钙蛋白；胸痛持续或血流动力学不稳定者立即转运。',
    },
  },
  {
    key: 'ecg-af',
    kind: 'ecg',
    examination: null,
    name: '心房颤动',
    nameEn: 'Atrial fibrillation',
    content: {
      findings: 'P波消失，代以f波，RR间期绝对不齐，平均心室率__次/分。QRS时限__ms。ST-T__。',
      impression: '心房颤动，平均心室率__次/分。',
      advice: '请结合临床，评估血流动力学及抗凝指征。',
    },
  },
  {
    key: 'ecg-avb3',
    kind: 'ecg',
    examination: null,
    name: '三度房室传导阻滞',
    nameEn: 'Third-degree AV block',
    content: {
      findings: 'P波与QRS波无固定关系，心房率__次/分，心室率__次/分，QRS时限__ms。',
      impression: '三度房室传导阻滞，__逸搏心律。',
      advice: '心电监护，备临时起搏；立即转运。',
    },
  },
  {
    key: 'imaging-ct-chest-normal',
    kind: 'imaging',
    examination: 'ct',
    name: '胸部CT平扫未见明显异常',
    nameEn: 'Chest CT, normal',
    content: {
      findings:
        '胸廓对称，气管居中。双肺纹理清晰，未见明确实变、结节及肿块影。纵隔内未见肿大淋巴结。心影大小正常，胸主动脉走行自然，管径正常。双侧胸腔未见积液。',
      impression: '胸部CT平扫未见明显异常。',
      advice: '请结合临床。',
    },
  },
  {
    key: 'imaging-ct-dissection',
    kind: 'imaging',
    examination: 'ct',
    name: '疑主动脉夹层',
    nameEn: 'Suspected aortic dissection',
    content: {
      findings: '平扫示胸主动脉管径增宽，最宽处__mm，腔内可见内移钙化斑/高密度影。心包__积液，胸腔__积液。',
      impression: '疑主动脉夹层，请立即行主动脉CTA检查。',
      advice: '危急情况：暂缓抗凝、溶栓，控制血压和心率，立即经绿色通道转运。',
    },
  },
  {
    key: 'imaging-dr-chest-normal',
    kind: 'imaging',
    examination: 'xray',
    name: '胸部正位片未见明显异常',
    nameEn: 'Chest radiograph, normal',
    content: {
      findings:
        '胸廓对称，双肺纹理清晰，肺野未见明确实变影。肺门影不大。心影大小形态在正常范围。双膈面光整，肋膈角锐利。',
      impression: '心、肺、膈未见明显异常。',
      advice: '请结合临床。',
    },
  },
  {
    key: 'imaging-dr-oedema',
    kind: 'imaging',
    examination: 'xray',
    name: '肺淤血、肺水肿',
    nameEn: 'Pulmonary congestion or oedema',
    content: {
      findings: '心影增大，心胸比约__。双肺门影增大模糊，双肺见片状模糊影，以中内带为著，肋膈角__。',
      impression: '心影增大，肺淤血/肺水肿，考虑心功能不全。',
      advice: '请结合临床，动态复查。',
    },
  },
  {
    key: 'imaging-ct-pneumonia',
    kind: 'imaging',
    examination: 'ct',
    name: '肺部感染',
    nameEn: 'Chest CT, pneumonia',
    content: {
      findings: '__肺__叶见斑片状、片状高密度影，边缘模糊，内见支气管充气征。纵隔淋巴结__。胸腔__积液。心影大小__。',
      impression: '__肺__叶感染性病变，请结合临床及实验室检查，治疗后复查。',
      advice: '抗感染治疗后复查胸部CT。',
    },
  },
  {
    key: 'imaging-head-ct-normal',
    kind: 'imaging',
    examination: 'head-ct',
    name: '颅脑CT平扫未见明显异常',
    nameEn: 'Head CT, normal',
    content: {
      findings:
        '双侧大脑半球对称，灰白质界限清楚，脑实质内未见明确异常密度影。脑室、脑池形态大小正常，脑沟不宽，中线结构居中。颅骨未见骨折征象。',
      impression: '颅脑CT平扫未见明显异常。',
      advice: '超急性期脑梗死CT可为阴性，症状持续者请复查或行MR检查。',
    },
  },
  {
    key: 'imaging-head-ct-haemorrhage',
    kind: 'imaging',
    examination: 'head-ct',
    name: '急性脑出血',
    nameEn: 'Acute intracerebral haemorrhage',
    content: {
      findings:
        '__见团块状高密度影，大小约__mm×__mm×__mm，CT值约__HU，周围见低密度水肿带。__侧脑室受压，中线结构__移位__mm。',
      impression: '__急性脑出血，出血量约__ml。',
      advice: '危急情况：立即请神经外科会诊，控制血压，监测意识及瞳孔，必要时经绿色通道转运。',
    },
  },
  {
    key: 'imaging-head-ct-infarct',
    kind: 'imaging',
    examination: 'head-ct',
    name: '脑梗死',
    nameEn: 'Cerebral infarction',
    content: {
      findings: '__见片状低密度影，边界__，大小约__mm×__mm，灰白质界限__。脑室系统__，中线结构__。',
      impression: '__脑梗死（__期），请结合临床及MR检查。',
      advice: '发病在时间窗内者请立即联系卒中中心。',
    },
  },
  {
    key: 'imaging-dr-pneumothorax',
    kind: 'imaging',
    examination: 'xray',
    name: '气胸',
    nameEn: 'Pneumothorax',
    content: {
      findings: '__侧胸腔外带见无肺纹理透亮区，肺压缩约__%。纵隔__移位。肋膈角__。',
      impression: '__侧气胸，肺组织压缩约__%。',
      advice: '请立即结合临床处理；张力性气胸按危急值通报。',
    },
  },
  {
    key: 'imaging-dr-fracture',
    kind: 'imaging',
    examination: 'xray',
    name: '骨折',
    nameEn: 'Fracture',
    content: {
      findings: '__骨皮质不连续，见线状透亮影，断端__移位、成角。邻近关节间隙__，周围软组织肿胀。',
      impression: '__骨折。',
      advice: '请固定制动，骨科就诊；隐匿性骨折可疑者行CT检查或复查。',
    },
  },
  {
    key: 'imaging-mr-head-normal',
    kind: 'imaging',
    examination: 'mr',
    name: '颅脑MR平扫未见明显异常',
    nameEn: 'Head MR, normal',
    content: {
      findings: '双侧大脑半球对称，脑实质内未见明确异常信号，DWI未见弥散受限。脑室、脑池形态大小正常，中线结构居中。',
      impression: '颅脑MR平扫未见明显异常。',
      advice: '请结合临床。',
    },
  },
  {
    key: 'imaging-us-abdomen-normal',
    kind: 'imaging',
    examination: 'other',
    name: '腹部超声未见明显异常',
    nameEn: 'Abdominal ultrasound, normal',
    content: {
      findings:
        '肝脏形态大小正常，包膜光整，实质回声均匀。胆囊大小正常，壁光滑，腔内未见异常回声。胰、脾未见明显异常。双肾形态大小正常，集合系统未见分离。腹腔未见游离液性暗区。',
      impression: '肝、胆、胰、脾、双肾超声未见明显异常。',
      advice: '请结合临床。',
    },
  },
];
