import { declineObjection } from '#lib/server/cases/conversation/objection.ts';
import { verbWithOneOutcome } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbWithOneOutcome(declineObjection, 'objection_declined') };
