import { unlinkCase } from '#lib/server/cases/linking/link.ts';
import { simpleVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: simpleVerb(unlinkCase, 'unlinked') };
