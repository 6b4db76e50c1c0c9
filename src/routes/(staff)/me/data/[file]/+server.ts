export { ownDataResponse as GET } from '#lib/server/web/documents/own-data-pdf.ts';
