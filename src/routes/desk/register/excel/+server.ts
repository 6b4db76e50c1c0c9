import { registerSheet } from '#lib/server/web/sheets/register.ts';

export const GET = (event) => registerSheet(event);
