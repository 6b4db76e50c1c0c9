import { inboxSheet } from '#lib/server/web/sheets/inbox.ts';

export const GET = (event) => inboxSheet(event);
