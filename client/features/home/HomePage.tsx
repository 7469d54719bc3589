import { lazy, Suspense } from 'react';
import { clinicalRoles, clinicRoles } from '../../../shared/rules/roles.ts';
import { useSession } from '../../connection/wiring.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { useTitle } from '../../ui/use-title.ts';

const ClinicHome = lazy(() => import('./ClinicHome.tsx'));
const DeskHome = lazy(() => import('./DeskHome.tsx'));
const ConsultsHome = lazy(() => import('./ConsultsHome.tsx'));
const OfficeHome = lazy(() => import('./OfficeHome.tsx'));

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
