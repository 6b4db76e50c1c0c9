import { approvalsSheet } from '#lib/server/web/sheets/desk-lists.ts';

export const GET = (event) => approvalsSheet(event);
