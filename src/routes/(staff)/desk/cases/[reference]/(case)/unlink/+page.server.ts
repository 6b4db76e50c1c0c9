import { unlinkCase } from '#lib/server/cases/linking/link.ts';
import { verbThenDone } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbThenDone(unlinkCase, 'unlinked') };
