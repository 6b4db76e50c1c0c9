export { smallExport as GET } from '#lib/server/web/sheets/export-response.ts';
