import { unlinkCase } from '#lib/server/cases/linking/link.ts';
import { verbWithOneOutcome } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbWithOneOutcome(unlinkCase, 'unlinked') };
