import { destructionSheet } from '#lib/server/web/sheets/destruction-sheet.ts';

export const GET = destructionSheet;
