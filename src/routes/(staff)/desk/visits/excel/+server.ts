export { visitsSheet as GET } from '#lib/server/web/sheets/desk-lists.ts';
