import { inboundSheet } from '#lib/server/web/sheets/desk-lists.ts';

export const GET = (event) => inboundSheet(event);
