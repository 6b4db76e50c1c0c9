import { splitCase } from '#lib/server/cases/handling/split.ts';
import { plainVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: plainVerb(splitCase, 'split') };
