import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { extractText, getDocumentProxy, getMeta } from 'unpdf';

/** Pages, words and metadata of a PDF. */
export async function readPdf(bytes: Uint8Array) {
	const pdf = await getDocumentProxy(new Uint8Array(bytes));
	const { text } = await extractText(pdf, { mergePages: true });
	const { metadata } = await getMeta(pdf);
	return { pages: pdf.numPages, text: text.trim(), metadata };
}

/** The text of a PDF in its layout, by an independent reader; undefined if it is not installed. */
export async function wordsOf(path: string): Promise<string | undefined> {
	try {
		return (await promisify(execFile)('pdftotext', ['-layout', path, '-'])).stdout;
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw cause;
	}
}
