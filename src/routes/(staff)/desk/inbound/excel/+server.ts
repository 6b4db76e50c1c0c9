export { inboundSheet as GET } from '#lib/server/web/sheets/desk-lists.ts';
