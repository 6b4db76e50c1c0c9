export { officersSheet as GET } from '#lib/server/web/sheets/insight-sheets.ts';
