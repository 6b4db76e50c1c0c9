import { caseFileResponse } from '#lib/server/web/documents/case-file.ts';

export const GET = (event) => caseFileResponse(event);
