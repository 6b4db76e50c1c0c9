import { deskCasePage, writeDownCase } from '#lib/server/web/forms/desk-case-form.ts';

export const load = (event) => deskCasePage(event);

export const actions = { default: (event) => writeDownCase(event) };
