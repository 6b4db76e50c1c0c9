import { asPage } from '#lib/server/web/http/answers.ts';
import { writtenExport } from '#lib/server/web/sheets/export-answer.ts';

export const GET = (event) => asPage(() => writtenExport(event));
