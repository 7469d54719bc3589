import { createAccount, countAccounts } from '../accounts/create-account.ts';
import { DEMONSTRATION_PASSWORD } from '../accounts/demonstration-accounts.ts';
import { createAgreement, createOrganisation } from '../organisations/create-organisation.ts';
import type { Role } from '../../shared/rules/roles.ts';
import type { Hub } from '../platform/context.ts';

type Licence = NonNullable<Parameters<typeof createAccount>[0]['licences']>[number];

/**
 * The invented county (示范县) that a fresh hub shows outside production. Does nothing where any account exists.
 * Answers whether it was created now.
 */
export async function createCounty(hub: Hub): Promise<boolean> {
  if ((await countAccounts(hub)) > 0) return false;
  return hub.store.transaction(async () => {
    const organisation = (
      name: string,
      kind: Parameters<typeof createOrganisation>[0]['kind'],
      parentId: string | null,
      telephone: string | null,
    ) => createOrganisation({ name, kind, parentId, telephone }, hub);
    const community = await organisation('示范县医共体', 'community-office', null, null);
    const county = await organisation('示范县人民医院', 'county-hospital', community, '0577-55500120');
    const maternal = await organisation('示范县妇幼保健院', 'maternal-hospital', community, '0577-55500110');
    const city = await organisation('市中心医院', 'city-hospital', null, '0577-55600120');
    const meiling = await organisation('梅岭镇卫生院', 'township-hospital', community, '0577-55510001');
    const liuhe = await organisation('柳河镇卫生院', 'township-hospital', community, '0577-55520001');
    const banzhu = await organisation('斑竹村卫生室', 'village-station', meiling, '0577-55510009');
    const hubOffice = await organisation('联诊平台', 'hub', null, null);

    const validFrom = new Date('2020-01-01T00:00:00+08:00');
    const validUntil = new Date('2099-12-31T23:59:59+08:00');
    for (const memberId of [meiling, liuhe]) {
      await createAgreement(
        { memberId, leadId: county, services: ['chest-pain', 'ecg', 'imaging'], validFrom, validUntil },
        hub,
      );
      await createAgreement({ memberId, leadId: maternal, services: ['obstetrics'], validFrom, validUntil }, hub);
    }
    await createAgreement({ memberId: county, leadId: city, services: ['alliance'], validFrom, validUntil }, hub);

    let number = 0;
    const licence = (title: string, specialty: string, siteId: string): Licence => {
      number += 1;
      return {
        qualificationNumber: `2009SF${String(number).padStart(21, '0')}`,
        practiceCertificateNumber: `110SF${String(number).padStart(10, '0')}`,
        title,
        specialty,
        practiceSiteIds: [siteId],
        independentSince: new Date('2012-07-01T00:00:00+08:00'),
        validFrom,
        validUntil,
      };
    };
    const account = (username: string, name: string, organisationId: string, roles: Role[], licences: Licence[] = []) =>
      createAccount(
        { username, name, organisationId, roles, licences, password: DEMONSTRATION_PASSWORD, demonstration: true },
        hub,
      );
    await account('village1', '田小禾', banzhu, ['village-doctor']);
    await account('clinic1', '林晓梅', meiling, ['township-doctor']);
    await account('clinic2', '何柳青', liuhe, ['township-doctor']);
    await account(
      'oncall1',
      '周明远',
      county,
      ['chest-pain-on-call', 'ecg-reporter'],
      [licence('主治医师', '心血管内科', county)],
    );
    await account(
      'oncall2',
      '沈怀安',
      county,
      ['chest-pain-on-call', 'ecg-reviewer'],
      [licence('主任医师', '心血管内科', county)],
    );
    await account('radiologist1', '许知影', county, ['imaging-reporter'], [licence('主治医师', '医学影像', county)]);
    await account('radiologist2', '方正清', county, ['imaging-reviewer'], [licence('副主任医师', '医学影像', county)]);
    await account('obstetrician1', '苏婉宁', maternal, ['specialist'], [licence('副主任医师', '妇产科', maternal)]);
    await account('specialist1', '顾思齐', city, ['alliance-specialist'], [licence('主任医师', '心血管内科', city)]);
    await account('office1', '钱理文', community, ['community-manager']);
    await account('admin', '系统管理员', hubOffice, ['administrator']);
    await hub.appendAudit(null, { action: 'demonstration:create-county', outcome: 'done' });
    return true;
  });
}
