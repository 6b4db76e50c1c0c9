import { classifyCase } from '#lib/server/cases/handling/verify.ts';
import { simpleVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: simpleVerb(classifyCase, 'classified') };
