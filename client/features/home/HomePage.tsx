import { Suspense } from 'react';
import { clinicalRoles, clinicRoles } from '../../../shared/rules/roles.ts';
import { lazyScreen } from '../../connection/load-code.ts';
import { useSession } from '../../connection/wiring.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { useTitle } from '../../ui/use-title.ts';

const ClinicHome = lazyScreen(() => import('./ClinicHome.tsx'));
const DeskHome = lazyScreen(() => import('./DeskHome.tsx'));
const ConsultsHome = lazyScreen(() => import('./ConsultsHome.tsx'));
const OfficeHome = lazyScreen(() => import('./OfficeHome.tsx'));

/** The first screen of each role. */
export function HomePage() {
  const { roles } = useSession();
  useTitle(undefined);
  return (
    <Suspense fallback={<Loading />}>
      {clinicRoles.some((role) => roles.includes(role)) ? (
        <ClinicHome />
      ) : roles.includes('chest-pain-on-call') ? (
        <DeskHome />
      ) : clinicalRoles.some((role) => roles.includes(role)) ? (
        <ConsultsHome />
      ) : (
        <OfficeHome />
      )}
    </Suspense>
  );
}
