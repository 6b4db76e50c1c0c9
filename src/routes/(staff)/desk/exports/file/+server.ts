export { streamedExport as GET } from '#lib/server/web/sheets/export-response.ts';
