export { escalationsSheet as GET } from '#lib/server/web/sheets/desk-lists.ts';
