import { reopenCase } from '#lib/server/cases/handling/archive.ts';
import { plainVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: plainVerb(reopenCase, 'reopened') };
