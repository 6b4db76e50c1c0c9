import { unrecordedSheet } from '#lib/server/web/sheets/unrecorded.ts';

export const GET = (event) => unrecordedSheet(event);
