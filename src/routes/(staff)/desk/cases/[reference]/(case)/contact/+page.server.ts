import { recordContact } from '#lib/server/cases/conversation/contact.ts';
import { plainVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: plainVerb(recordContact, 'contacted') };
