import { recordContact } from '#lib/server/cases/conversation/contact.ts';
import { simpleVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: simpleVerb(recordContact, 'contacted') };
