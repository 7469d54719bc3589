import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { State } from '../../ui/shapes.tsx';
import type { SharedViewing } from './use-shared-viewing.ts';

/** Who leads the picture, and the one click that changes it. */
export function LeadBar({ viewing }: { viewing: SharedViewing }) {
  const { t } = useTranslation();
  const { lead, isLeading, following } = viewing;
  return (
    <div className="lead-bar" data-testid="lead-bar" data-leading={isLeading} data-following={following}>
      {lead === null ? (
        <State shape="dot" tone="quiet">
          {t('case.lead.nobody')}
        </State>
      ) : isLeading ? (
        <State shape="check" tone="good">
          {t('case.lead.you')}
        </State>
      ) : (
        <State shape={following ? 'half' : 'ring'} tone={following ? 'info' : 'caution'}>
          {t(following ? 'case.lead.following' : 'case.lead.onOwn', { name: lead.name })}
        </State>
      )}
      <span className="push row">
        {lead !== null && !isLeading && (
          <Button data-testid="toggle-follow" onClick={() => viewing.setFollowing(!following)}>
            {t(following ? 'case.lead.lookOnOwn' : 'case.lead.follow')}
          </Button>
        )}
        {!isLeading && (
          <Button data-testid="take-lead" onClick={viewing.takeLead}>
            {t('case.lead.take')}
          </Button>
        )}
      </span>
    </div>
  );
}
