export { inboxSheet as GET } from '#lib/server/web/sheets/desk-lists.ts';
