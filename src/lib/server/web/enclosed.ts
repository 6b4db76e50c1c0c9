import { PDFDocument } from 'pdf-lib';

/** A document within a print, behind so many of the print's own pages. */
export interface Enclosed {
	document: PDFDocument;
	after: number;
}

/** A kept document as it can be put into a print; undefined where its pages can't be copied. */
export async function enclosable(bytes: Uint8Array): Promise<PDFDocument | undefined> {
	try {
		const kept = await PDFDocument.load(bytes, { updateMetadata: false });
		const document = await PDFDocument.create();
		for (const page of await document.copyPages(kept, kept.getPageIndices())) document.addPage(page);
		return document;
	} catch {
		// pdf-lib meets a broken page tree or a missing object as errors of any class.
		return undefined;
	}
}

/** The print with the pages of the documents in it, as they are. */
export async function withEnclosed(print: Buffer, enclosed: readonly Enclosed[]): Promise<Buffer> {
	if (enclosed.length === 0) return print;
	const whole = await PDFDocument.load(print, { updateMetadata: false });
	// From the last on, so that the places of those before stay what they are.
	for (const { document, after } of enclosed.toReversed()) {
		const pages = await whole.copyPages(document, document.getPageIndices());
		pages.forEach((page, index) => whole.insertPage(after + index, page));
	}
	return Buffer.from(await whole.save({ updateFieldAppearances: false }));
}
