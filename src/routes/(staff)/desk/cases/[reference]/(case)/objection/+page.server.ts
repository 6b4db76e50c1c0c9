import { declineObjection } from '#lib/server/cases/conversation/objection.ts';
import { verbThenDone } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbThenDone(declineObjection, 'objection_declined') };
