import { asPage } from '#lib/server/web/http/answers.ts';
import { smallExport } from '#lib/server/web/sheets/export-answer.ts';

export const GET = (event) => asPage(() => smallExport(event));
