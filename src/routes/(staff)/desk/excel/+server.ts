import { inboxSheet } from '#lib/server/web/sheets/desk-lists.ts';

export const GET = (event) => inboxSheet(event);
