import { approvalsSheet } from '#lib/server/web/sheets/approvals.ts';

export const GET = (event) => approvalsSheet(event);
