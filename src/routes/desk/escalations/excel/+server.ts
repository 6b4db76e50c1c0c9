import { escalationsSheet } from '#lib/server/web/sheets/escalations.ts';

export const GET = (event) => escalationsSheet(event);
