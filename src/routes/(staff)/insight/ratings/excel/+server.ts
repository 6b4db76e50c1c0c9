export { ratingsSheet as GET } from '#lib/server/web/sheets/insight-sheets.ts';
