export { writtenExport as GET } from '#lib/server/web/sheets/export-answer.ts';
