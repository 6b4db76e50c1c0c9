import { resendEscalation } from '#lib/server/escalation/forward/forward.ts';
import { escalationVerb } from '../../../verbs.ts';

export const POST = escalationVerb('resendEscalation', resendEscalation);
