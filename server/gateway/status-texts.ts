/** What a person at the clinic's PC reads: Chinese first, then English. */

export type Text = readonly [zh: string, en: string];

export const troubleTexts: Record<string, Text> = {
  unreachable: [
    '连不上联诊中心：请检查网络。文件已安全保存，恢复后自动发送。',
    'The hub cannot be reached. Check the network; the files are safe and go out by themselves.',
  ],
  'token-refused': [
    '联诊中心不接受本网关的令牌：请向管理员要新令牌。',
    "The hub does not take this gateway's token. Ask the administrator for a new one.",
  ],
  'hub-busy': ['联诊中心正忙，稍后自动重试。', 'The hub is busy; it is tried again.'],
  'hub-full': ['联诊中心磁盘已满，稍后自动重试。', "The hub's disk is full; it is tried again."],
  'hub-failed': ['联诊中心出错，稍后自动重试。', 'Something is wrong at the hub; it is tried again.'],
  'file-failed': ['联诊中心处理此文件出错，稍后自动重试。', 'The hub failed at this file; it is tried again.'],
};

export const heldTexts: Record<string, Text> = {
  'patient-mismatch': [
    '身份证号与姓名不符：请在联诊中核对患者后重发。',
    'The identity number belongs to a patient with another name. Check the patient in Lianzhen, then send again.',
  ],
  'not-an-ecg': ['不是可识别的心电文件。', 'Not an ECG that can be read.'],
  'ecg-damaged': ['心电文件损坏：请从心电图机重新导出。', 'The ECG file is damaged. Export it again.'],
  'not-dicom': ['不是 DICOM 文件。', 'Not DICOM.'],
  'dicom-damaged': [
    'DICOM 文件损坏：请从设备重新发送。',
    'The DICOM file is damaged. Send it again from the modality.',
  ],
  'too-large': ['文件过大。', 'The file is too large.'],
  'file-empty': ['文件是空的。', 'The file is empty.'],
  invalid: [
    '图片中没有患者信息：请在联诊网页中上传并选择患者。',
    'A picture names no patient. Upload it on the web page and choose the patient.',
  ],
  'unsupported-media': ['联诊中心不接收此类文件。', 'The hub does not take this kind of file.'],
  'file-failed': [
    '联诊中心多次处理失败，将自动再试：请联系管理员。',
    'The hub failed at it several times; it is tried again by itself. Tell the administrator.',
  ],
  'parse-timeout': ['读取文件超时：请重发。', 'Reading the file took too long. Send it again.'],
};

/** What the log says, by its message; the file of the log has the message alone. */
export const logTexts: Record<string, string> = {
  'gateway started': '网关已启动',
  forwarded: '已发送',
  'forwarding failed': '发送失败，将重试',
  'the hub refused a file': '联诊中心拒收一个文件',
  'a file could not be packed': '文件未能压缩，按原样发送',
  'the hub did not take a packed file; it goes as it is': '联诊中心未收压缩文件，按原样重发',
  'put away by a person': '由人设为不再发送',
  'a file in the spool was torn': '一个文件因断电损坏',
  'taken from the watched folder': '从监视文件夹取入',
  'a file in the watched folder cannot be taken': '监视文件夹中有文件无法取入',
  'a file cannot be moved out of the watched folder; it is remembered': '文件无法移出监视文件夹，已记下',
  'the watched folder cannot be read': '监视文件夹无法读取',
  'association accepted': '设备已连接',
  'association released': '设备正常断开',
  'association cut': '与设备的连接中断',
  'association rejected': '拒绝了设备的连接',
  'association aborted by its sender': '设备中止了连接',
  'association aborted: protocol': '设备不按协议，已中止连接',
  'an operation that is not offered was asked for': '设备要求了不提供的操作',
  'commitment was asked for': '设备请求存储承诺',
  'commitment reported': '已答复存储承诺',
  'a commitment report was never taken': '存储承诺的答复一直未被接收，已放弃',
  'a modality refused its commitment report': '设备拒收存储承诺的答复',
  'a modality cannot be told what is committed': '无法把存储承诺的答复送到设备',
  'commitments cannot be kept': '存储承诺无法处理',
  'the spool is full': '暂存空间已满',
  'the spool cannot be written': '暂存空间无法写入',
};

export const unknownReason: Text = ['联诊中心拒收。', 'The hub refused it.'];

export const labels = {
  title: ['联诊网关', 'Lianzhen gateway'],
  waiting: ['待发送', 'Waiting'],
  sending: ['正在发送', 'Sending'],
  sent: ['本次启动后已发送', 'Sent since start'],
  saved: ['线路慢，无损压缩已省', 'Slow line: saved by lossless compression'],
  commitments: ['待答复设备：影像是否已安全保存', 'Devices still to be told what is safe'],
  held: ['需要人处理', 'Needs a person'],
  torn: ['断电损坏', 'Torn by a power cut'],
  folder: ['监视文件夹的问题', 'Trouble in the watched folder'],
  log: ['最近', 'Lately'],
  retry: ['重发', 'Send again'],
  putAway: ['不再发送', 'Do not send'],
  away: ['不再发送，留在本机', 'Not sent, kept on this PC'],
  someHeld: ['有文件需要人处理，见下。其余正常发送。', 'Some files need a person, see below. The others go out.'],
  tryNow: ['立即重试', 'Try now'],
  nextTry: ['下次重试', 'Next try'],
  oldest: ['最早', 'Oldest'],
  fine: ['一切正常', 'All is well'],
  none: ['无', 'None'],
} as const satisfies Record<string, Text>;
