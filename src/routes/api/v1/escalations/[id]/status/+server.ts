import { setManualStatus } from '#lib/server/escalation/tracking/manual-status.ts';
import { escalationVerb } from '../../../verbs.ts';

export const POST = escalationVerb('setEscalationStatus', setManualStatus);
