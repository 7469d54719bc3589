import { Schema } from 'mongoose';
import { roles, type Role } from '../../shared/rules/roles.ts';
import { defineRecord } from '../platform/store/store.ts';

/** A doctor's entry in the registry; the certificate number is the practice certificate's (医师执业证书). */
export interface Licence {
  qualificationNumber: string;
  practiceCertificateNumber: string;
  /** 主任医师, 副主任医师, 主治医师, 住院医师 */
  title: string;
  specialty: string;
  /** Organisations at which the doctor is registered to practise. */
  practiceSiteIds: string[];
  /** Independent practice since; the invited side needs three years of it. */
  independentSince: Date;
  validFrom: Date;
  validUntil: Date;
}

export interface AccountFields {
  _id: string;
  username: string;
  name: string;
  organisationId: string;
  roles: Role[];
  /** argon2id, PHC string */
  passwordHash: string;
  licences: Licence[];
  language: 'zh-CN' | 'en';
  disabledAt: Date | null;
  /** Of the invented county: listed on the sign-in page together with its password. */
  demonstration: boolean;
  createdAt: Date;
}

const licence = new Schema<Licence>(
  {
    qualificationNumber: { type: String, required: true },
    practiceCertificateNumber: { type: String, required: true },
    title: { type: String, required: true },
    specialty: { type: String, required: true },
    practiceSiteIds: { type: [String], required: true },
    independentSince: { type: Date, required: true },
    validFrom: { type: Date, required: true },
    validUntil: { type: Date, required: true },
  },
  { _id: false },
);

export const accountRecord = defineRecord<AccountFields>(
  'Account',
  new Schema<AccountFields>(
    {
      _id: { type: String, required: true },
      username: { type: String, required: true },
      name: { type: String, required: true },
      organisationId: { type: String, required: true },
      roles: { type: [String], required: true, enum: roles },
      passwordHash: { type: String, required: true },
      licences: { type: [licence], default: [] },
      language: { type: String, enum: ['zh-CN', 'en'], default: 'zh-CN' },
      disabledAt: { type: Date, default: null },
      demonstration: { type: Boolean, default: false },
      createdAt: { type: Date, required: true },
    },
    { collection: 'accounts' },
  )
    .index({ username: 1 }, { unique: true })
    .index({ organisationId: 1 }),
);
