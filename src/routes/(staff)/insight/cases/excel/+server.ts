export { boardSheet as GET } from '#lib/server/web/sheets/board-sheet.ts';
