import { extractText, getDocumentProxy, getMeta } from 'unpdf';

/** Pages, words and metadata of a PDF. */
export async function readPdf(bytes: Uint8Array) {
	const pdf = await getDocumentProxy(new Uint8Array(bytes));
	const { text } = await extractText(pdf, { mergePages: true });
	const { metadata } = await getMeta(pdf);
	return { pages: pdf.numPages, text: text.trim(), metadata };
}
