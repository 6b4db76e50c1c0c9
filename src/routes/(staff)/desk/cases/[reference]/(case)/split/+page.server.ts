import { splitCase } from '#lib/server/cases/handling/split.ts';
import { verbThenDone } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbThenDone(splitCase, 'split') };
