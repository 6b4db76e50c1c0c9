import { reopenCase } from '#lib/server/cases/handling/archive.ts';
import { verbThenDone } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbThenDone(reopenCase, 'reopened') };
