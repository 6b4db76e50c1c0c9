import { classifyCase } from '#lib/server/cases/handling/verify.ts';
import { verbWithOneOutcome } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbWithOneOutcome(classifyCase, 'classified') };
