import { ecgRulesRequests } from '../../../shared/contracts/ecg-rules.ts';
import { defineEvents } from '../../platform/socket/events.ts';
import { approveRuleTable, discardRuleTable } from './approve-rule-table.ts';
import { editRuleTable } from './edit-rule-table.ts';
import { readRuleTables } from './read-rule-tables.ts';

/** Always about the rules of the actor's own hospital: those of another cannot be named. */
export const ecgRulesEvents = defineEvents(ecgRulesRequests, {
  'ecg-rules:read': { permission: 'ecg-rules:read', run: readRuleTables },
  'ecg-rules:edit': { permission: 'ecg-rules:edit', run: editRuleTable },
  'ecg-rules:approve': { permission: 'ecg-rules:approve', run: approveRuleTable },
  'ecg-rules:discard': { permission: 'ecg-rules:edit', run: discardRuleTable },
});
