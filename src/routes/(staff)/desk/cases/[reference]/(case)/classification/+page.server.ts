import { classifyCase } from '#lib/server/cases/handling/verify.ts';
import { verbThenDone } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbThenDone(classifyCase, 'classified') };
