import { visitsSheet } from '#lib/server/web/sheets/desk-lists.ts';

export const GET = (event) => visitsSheet(event);
