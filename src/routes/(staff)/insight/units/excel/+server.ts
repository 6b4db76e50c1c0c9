export { officesSheet as GET } from '#lib/server/web/sheets/insight-sheets.ts';
