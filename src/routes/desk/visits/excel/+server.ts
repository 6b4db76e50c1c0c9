import { visitsSheet } from '#lib/server/web/sheets/visits.ts';

export const GET = (event) => visitsSheet(event);
