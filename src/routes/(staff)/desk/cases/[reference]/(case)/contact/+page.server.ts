import { recordContact } from '#lib/server/cases/conversation/contact.ts';
import { verbThenDone } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbThenDone(recordContact, 'contacted') };
