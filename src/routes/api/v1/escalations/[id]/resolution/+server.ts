import { resolveEscalation } from '#lib/server/escalation/delivery/resolve.ts';
import { escalationVerb } from '../../../verbs.ts';

export const POST = escalationVerb('resolveEscalation', resolveEscalation);
