export { destructionSheet as GET } from '#lib/server/web/sheets/destruction-sheet.ts';
