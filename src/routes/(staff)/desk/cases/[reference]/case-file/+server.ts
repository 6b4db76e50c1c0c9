export { caseFileResponse as GET } from '#lib/server/web/documents/case-file-pdf.ts';
