import { reopenCase } from '#lib/server/cases/handling/archive.ts';
import { simpleVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: simpleVerb(reopenCase, 'reopened') };
