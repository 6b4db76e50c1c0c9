import { unrecordedSheet } from '#lib/server/web/sheets/desk-lists.ts';

export const GET = (event) => unrecordedSheet(event);
