import { registerSheet } from '#lib/server/web/sheets/desk-lists.ts';

export const GET = (event) => registerSheet(event);
