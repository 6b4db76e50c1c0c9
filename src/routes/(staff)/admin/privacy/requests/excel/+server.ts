export { requestsSheet as GET } from '#lib/server/web/sheets/request-sheet.ts';
