import { deskCasePage, writeDownCase } from '#lib/server/web/forms/desk-case-form.ts';

export const load = deskCasePage;

export const actions = { default: writeDownCase };
