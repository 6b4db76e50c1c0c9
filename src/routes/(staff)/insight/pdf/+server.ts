export { overviewDocument as GET } from '#lib/server/web/documents/overview-pdf.ts';
