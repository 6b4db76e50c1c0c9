import { declineObjection } from '#lib/server/cases/conversation/objection.ts';
import { plainVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: plainVerb(declineObjection, 'objection_declined') };
