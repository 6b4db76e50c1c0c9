import { recordContact } from '#lib/server/cases/conversation/contact.ts';
import { verbWithOneOutcome } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbWithOneOutcome(recordContact, 'contacted') };
