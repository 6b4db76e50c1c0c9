import { deskCasePage, writeDownCase } from '#lib/server/web/desk-case-form.ts';

export const load = (event) => deskCasePage(event);

export const actions = { default: (event) => writeDownCase(event) };
