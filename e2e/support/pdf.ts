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

/** The words of a PDF as they lie on the page, by a reader of another hand; undefined where the machine has none. */
export async function wordsOf(path: string): Promise<string | undefined> {
	try {
		return (await promisify(execFile)('pdftotext', ['-layout', path, '-'])).stdout;
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw cause;
	}
}
