/**
 * What a de-identified copy keeps of an image: nothing but this (PS3.15 annex E lets a de-identifier remove more than
 * its table asks for). Whatever is not named here, in whatever group, goes: private attributes, curves, overlays,
 * comments, dates, devices, people, and what later editions of the standard add.
 */

/** How a value is taken over; each is checked against what such a value can be, and dropped where it is not. */
export type Keeping =
  /** Words of the standard (CS, LO): those alone that are listed below. */
  | { as: 'terms'; vr: 'CS' | 'LO' }
  /** Decimal or integer text. */
  | { as: 'decimals' }
  | { as: 'integers' }
  /** Binary numbers, at most so many of them. */
  | { as: 'numbers'; vr: 'US' | 'SS' | 'UL' | 'SL' | 'FL' | 'FD'; most: number; below: number }
  /** US or SS, by Pixel Representation. */
  | { as: 'pixel-numbers'; most: number }
  /** Replaced by one that is the same wherever the same stood in this export. */
  | { as: 'uid' }
  /** Tags of attributes. */
  | { as: 'tags' }
  /** Entries of a palette or lookup table: as many as its descriptor says. */
  | { as: 'table'; descriptor: number }
  /** Items, in which the same attributes are kept. */
  | { as: 'items' };

const terms: Keeping = { as: 'terms', vr: 'CS' };
const decimals: Keeping = { as: 'decimals' };
const integers: Keeping = { as: 'integers' };
const uid: Keeping = { as: 'uid' };
const items: Keeping = { as: 'items' };
/** Beyond 8192 two bytes may be letters. */
const shorts = (most = 1, below = 8192): Keeping => ({ as: 'numbers', vr: 'US', most, below });
const longs = (vr: 'UL' | 'SL', most = 1): Keeping => ({ as: 'numbers', vr, most, below: 1_000_000 });
const reals = (vr: 'FL' | 'FD', most = 1): Keeping => ({ as: 'numbers', vr, most, below: 1e7 });
const pixelNumbers = (most: number): Keeping => ({ as: 'pixel-numbers', most });
const table = (descriptor: number): Keeping => ({ as: 'table', descriptor });

const list = (keeping: Keeping, ...tags: number[]): [number, Keeping][] => tags.map((tag) => [tag, keeping]);

export const KEPT: ReadonlyMap<number, Keeping> = new Map<number, Keeping>([
  // What kind of image it is
  ...list(terms, 0x00080008, 0x00080060, 0x00080064, 0x00080068, 0x00089007),
  ...list(terms, 0x00089205, 0x00089206, 0x00089207, 0x00089208, 0x00089209),
  ...list(integers, 0x00082144),
  // How it was taken
  ...list(terms, 0x00180015, 0x00180020, 0x00180021, 0x00180023, 0x00180025, 0x00181140, 0x00181155, 0x00181166),
  ...list(terms, 0x00181191, 0x00181312, 0x00181508, 0x00181700, 0x00185100, 0x00185101, 0x00187004, 0x00187060),
  ...list(terms, 0x00189004, 0x00189323),
  ...list(decimals, 0x00180050, 0x00180060, 0x00180080, 0x00180081, 0x00180082, 0x00180083, 0x00180084, 0x00180087),
  ...list(decimals, 0x00180088, 0x00180093, 0x00180094, 0x00180095, 0x00181063, 0x00181065, 0x00181066, 0x00181100),
  ...list(decimals, 0x00181110, 0x00181111, 0x00181114, 0x00181120, 0x00181130, 0x00181164, 0x00181190, 0x00181314),
  ...list(decimals, 0x00181411, 0x00181412, 0x00181413, 0x00181510, 0x00181511),
  ...list(integers, 0x00180086, 0x00180089, 0x00180091, 0x00181149, 0x00181150, 0x00181151, 0x00181152, 0x00181153),
  ...list(integers, 0x00181242, 0x00181405),
  ...list(shorts(4), 0x00181310),
  ...list(reals('FD'), 0x00189073, 0x00189306, 0x00189307, 0x00189309, 0x00189310, 0x00189311, 0x00189345),
  // Where its scales of ultrasound lie
  ...list(items, 0x00186011),
  ...list(shorts(), 0x00186012, 0x00186014, 0x00186024, 0x00186026),
  ...list(longs('UL'), 0x00186016, 0x00186018, 0x0018601a, 0x0018601c, 0x0018601e),
  ...list(longs('SL'), 0x00186020, 0x00186022),
  ...list(reals('FD'), 0x00186028, 0x0018602a, 0x0018602c, 0x0018602e),
  // Where it lies in the patient and the stack
  ...list(uid, 0x0020000d, 0x0020000e, 0x00080018, 0x00200052, 0x00209164),
  ...list(integers, 0x00200012, 0x00200013, 0x00200100, 0x00200105, 0x00201002),
  ...list(decimals, 0x00200032, 0x00200037, 0x00201041),
  ...list(terms, 0x00200020, 0x00200060, 0x00200062),
  ...list(items, 0x52009229, 0x52009230, 0x00289110, 0x00209113, 0x00209116, 0x00209111, 0x00289145, 0x00289132),
  ...list(items, 0x00209221, 0x00209222, 0x00189329),
  ...list(shorts(), 0x00209156),
  ...list(longs('UL', 8), 0x00209157),
  ...list(longs('UL'), 0x00209057, 0x00209128),
  ...list({ as: 'tags' }, 0x00209165, 0x00209167, 0x00280009),
  // Its pixels and how they are shown
  ...list(shorts(), 0x00280002, 0x00280006, 0x00280014, 0x00280100, 0x00280101, 0x00280102, 0x00280103, 0x00286010),
  ...list(shorts(1, 65536), 0x00280010, 0x00280011),
  ...list(integers, 0x00280008, 0x00280034),
  ...list(decimals, 0x00280030, 0x00281050, 0x00281051, 0x00281052, 0x00281053, 0x00282112),
  ...list(terms, 0x00280004, 0x00280301, 0x00280302, 0x00280a02, 0x00281040, 0x00281056, 0x00282110, 0x00282114),
  ...list(terms, 0x20500020, 0x00541001),
  ...list({ as: 'terms', vr: 'LO' }, 0x00281054, 0x00283004),
  ...list(pixelNumbers(1), 0x00280106, 0x00280107, 0x00280120, 0x00280121),
  ...list({ as: 'numbers', vr: 'SS', most: 1, below: 2 }, 0x00281041),
  ...list(pixelNumbers(3), 0x00281101, 0x00281102, 0x00281103, 0x00283002),
  ...list(table(0x00281101), 0x00281201),
  ...list(table(0x00281102), 0x00281202),
  ...list(table(0x00281103), 0x00281203),
  ...list(items, 0x00283000, 0x00283010),
  ...list(table(0x00283002), 0x00283006),
]);

/** Defined and enumerated values of the attributes above (PS3.3, PS3.16 CID 4, 29, 30): all that a word may be. */
export const TERMS: ReadonlySet<string> = new Set(
  `ORIGINAL DERIVED PRIMARY SECONDARY AXIAL LOCALIZER MPR MIP MINIP VOLUME OTHER NONE MIXED AVERAGE HELIX NORM
  PROJECTION REFORMATTED SUBTRACTION ADDITION M_SE M_FFE M_IR P R I M PHASE MAGNITUDE REAL IMAGINARY DIFFUSION
  PERFUSION T1 T2 T2_STAR PROTON_DENSITY FLUID_ATTENUATED TOF STIR TAGGING UNKNOWN MONOCHROME COLOR TRUE_COLOR
  SAMPLED DISTORTED SINGLE_PLANE BIPLANE_A BIPLANE_B FLUOROSCOPY VALID
  CT MR DX CR US XA RF MG NM PT OT SC ES XC IVUS OP OPT OCT IO PX BMD BDUS GM SM
  DV DI DF WSD SD SI DRW SYN FOR PRESENTATION PROCESSING
  SE IR GR EP RM SK MTC SS TRSS SP MP OSP 2D 3D Y N CW CC ROW COL CARM COLUMN MAMMOGRAPHIC PANORAMIC CEPHALOSTAT
  RIGID RECTANGULAR CIRCULAR POLYGONAL GR MIDDLE FIXED FOCUSED RECIPROCATING PARALLEL CROSSED
  TUNGSTEN MOLYBDENUM RHODIUM DIRECT SCINTILLATOR STORAGE FILM MANUAL AUTOMATIC
  PRODUCT RESEARCH SERVICE CONSTANT_ANGLE ANGULAR
  HFP HFS HFDR HFDL FFDR FFDL FFP FFS LFP LFS RFP RFS AFDR AFDL PFDR PFDL
  AP PA LL RL RLD LLD RLO LLO LAO RAO LPO RPO ML MLO LM LMO CC FB SIO ISO CV XCCL XCCM
  A P R L H F B U E S LA LP RA RP AL AR PL PR FH FA FP HA HP AH AF PH PF
  HEAD BRAIN SKULL NECK CHEST ABDOMEN PELVIS SPINE CSPINE TSPINE LSPINE SSPINE COCCYX CLAVICLE SHOULDER ARM HUMERUS
  ELBOW FOREARM WRIST HAND FINGER THUMB HIP LEG FEMUR THIGH KNEE CALF ANKLE FOOT TOE HEEL PATELLA RIB RIBS STERNUM
  BREAST HEART AORTA LUNG LIVER KIDNEY BLADDER BOWEL UTERUS FETUS EYE EAR NOSE JAW TMJ ORBIT SINUS WHOLEBODY
  EXTREMITY HEADNECK CHESTABDPELVIS ABDOMENPELVIS CHESTABDOMEN CAROTID THYROID PROSTATE SCROTUM PANCREAS SPLEEN
  MONOCHROME1 MONOCHROME2 RGB YBR_FULL YBR_FULL_422 YBR_PARTIAL_420 YBR_ICT YBR_RCT YES NO GEOMETRY FIDUCIAL
  LIN LOG DISP LINEAR LINEAR_EXACT SIGMOID ISO_10918_1 ISO_14495_1 ISO_15444_1 ISO_13818_2 ISO_14496_10 ISO_15444_15
  IDENTITY INVERSE HU HU_MOD OD US MGML Z_EFF ED EDW PCT BQML CNTS CPS GML
  00 01 03 CINE TABLE STATIC DYNAMIC WHOLE BODY`
    .split(/\s+/)
    // Of two words each; the first of a photometric interpretation is one word with its second.
    .filter((word) => word !== 'FOR' && word !== 'WHOLE' && word !== 'BODY')
    .concat('FOR PRESENTATION', 'FOR PROCESSING', 'PALETTE COLOR', 'WHOLE BODY', 'FILM SCANNER', ''),
);
