import { asPage } from '#lib/server/web/answers.ts';
import { writtenExport } from '#lib/server/web/export-answer.ts';

export const GET = (event) => asPage(() => writtenExport(event));
