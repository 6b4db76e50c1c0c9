import { splitCase } from '#lib/server/cases/handling/split.ts';
import { verbWithOneOutcome } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbWithOneOutcome(splitCase, 'split') };
