export { finishedExport as GET } from '#lib/server/web/sheets/export-response.ts';
