import { caseFileResponse } from '#lib/server/web/documents/case-file-pdf.ts';

export const GET = (event) => caseFileResponse(event);
