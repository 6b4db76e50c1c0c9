import { unlinkCase } from '#lib/server/cases/linking/link.ts';
import { plainVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: plainVerb(unlinkCase, 'unlinked') };
