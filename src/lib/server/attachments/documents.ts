import { PDFDocument } from 'pdf-lib';
import { cleanEmbeddedPhotos } from '#lib/server/attachments/pdf-photos.ts';
import { pruneDocument } from '#lib/server/attachments/pdf-prune.ts';
import { carriesMetadata, inflatesWithinReason } from '#lib/server/attachments/pdf-streams.ts';

export const MAX_PDF_BYTES = 2 * 1024 * 1024;

export type PdfResult = { ok: Buffer } | { problem: 'too_large' | 'pdf_encrypted' | 'pdf_metadata' | 'undecodable' };

/**
 * Rewrites a PDF so that only its pages and what they need remain: no info dictionary, XMP, scripts, launch or submit
 * actions, attached files, media or earlier versions; EXIF is cut out of the photos on its pages. What is drawn stays as
 * it was. An encrypted file is refused, for it can't be looked into, and so is one whose metadata sits where it can't
 * be taken out (`pdf_metadata`).
 */
export async function cleanPdf(bytes: Uint8Array): Promise<PdfResult> {
	if (bytes.length > MAX_PDF_BYTES) return { problem: 'too_large' };
	if (!endsAsPdf(bytes) || !inflatesWithinReason(bytes)) return { problem: 'undecodable' };
	const document = await open(bytes);
	if ('problem' in document) return document;
	try {
		if (document.getPageCount() === 0) return { problem: 'undecodable' };
		pruneDocument(document.context);
		if (!cleanEmbeddedPhotos(document.context)) return { problem: 'pdf_metadata' };
		if (carriesMetadata(document.context)) return { problem: 'pdf_metadata' };
		const saved = await document.save({ addDefaultPage: false, updateFieldAppearances: false });
		return saved.length > MAX_PDF_BYTES ? { problem: 'too_large' } : { ok: Buffer.from(saved) };
	} catch {
		// pdf-lib meets a broken page tree, a cycle or a missing object only here, as errors of any class.
		return { problem: 'undecodable' };
	}
}

/** pdf-lib opens a file that was cut short and quietly leaves out what is missing. */
function endsAsPdf(bytes: Uint8Array): boolean {
	return Buffer.from(bytes.subarray(-2048)).includes('%%EOF');
}

async function open(bytes: Uint8Array): Promise<PDFDocument | { problem: 'pdf_encrypted' | 'undecodable' }> {
	try {
		// An object that pdf-lib can't read would be copied through unseen: such a file is refused. Its error classes don't
		// survive their compilation, so encryption is asked for and not caught.
		const options = { updateMetadata: false, throwOnInvalidObject: true, ignoreEncryption: true };
		const document = await PDFDocument.load(bytes, options);
		return document.isEncrypted ? { problem: 'pdf_encrypted' } : document;
	} catch {
		// Encrypted object streams are broken ones to who has no key; the trailer stays readable.
		const locked = /\/Encrypt\s+\d+\s+\d+\s+R/.test(Buffer.from(bytes).toString('latin1'));
		return { problem: locked ? 'pdf_encrypted' : 'undecodable' };
	}
}
