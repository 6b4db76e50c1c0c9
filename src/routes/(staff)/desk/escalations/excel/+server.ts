import { escalationsSheet } from '#lib/server/web/sheets/desk-lists.ts';

export const GET = (event) => escalationsSheet(event);
