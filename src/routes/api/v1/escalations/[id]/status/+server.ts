import { setManualStatus } from '#lib/server/escalation/decisions.ts';
import { escalationVerb } from '../../../verbs.ts';

export const POST = escalationVerb('setEscalationStatus', setManualStatus);
