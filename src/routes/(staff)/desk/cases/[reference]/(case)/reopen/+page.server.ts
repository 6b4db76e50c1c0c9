import { reopenCase } from '#lib/server/cases/handling/archive.ts';
import { verbWithOneOutcome } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbWithOneOutcome(reopenCase, 'reopened') };
