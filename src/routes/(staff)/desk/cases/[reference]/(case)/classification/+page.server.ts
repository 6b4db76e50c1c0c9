import { classifyCase } from '#lib/server/cases/handling/verify.ts';
import { plainVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: plainVerb(classifyCase, 'classified') };
