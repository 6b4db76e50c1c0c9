import { asPage } from '#lib/server/web/answers.ts';
import { smallExport } from '#lib/server/web/export-answer.ts';

export const GET = (event) => asPage(() => smallExport(event));
