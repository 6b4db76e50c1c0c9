import { declineObjection } from '#lib/server/cases/conversation/objection.ts';
import { simpleVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: simpleVerb(declineObjection, 'objection_declined') };
