import { splitCase } from '#lib/server/cases/handling/split.ts';
import { simpleVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: simpleVerb(splitCase, 'split') };
