import { caseFileResponse } from '#lib/server/web/case-file.ts';

export const GET = (event) => caseFileResponse(event);
