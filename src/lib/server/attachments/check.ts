import { fileTypeFromBuffer } from 'file-type';
import { displayName, givenName } from '#lib/server/attachments/display-name.ts';
import { cleanPdf, MAX_PDF_BYTES } from '#lib/server/attachments/documents.ts';
import { cleanImage, MAX_PIXELS } from '#lib/server/attachments/images.ts';
import { acceptedLabels, claimsAccepted, kindOfType, namesAgree, type Kind } from '#lib/server/attachments/kinds.ts';
import { turnstile } from '#lib/server/attachments/turnstile.ts';

const MAX_UPLOAD_BYTES = 10 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;

/** `name` and `declaredType` are what the sender says; either may be empty. */
export type UploadedFile = { name: string; bytes: Uint8Array; declaredType: string };
export type CleanFile = {
	bytes: Buffer;
	mediaType: 'image/jpeg' | 'image/png' | 'application/pdf';
	extension: 'jpg' | 'png' | 'pdf';
	displayName: string;
	width?: number;
	height?: number;
};
/** Why a file is not taken; the parameters are for the sentence that says so. */
export type FileProblem =
	| { problem: 'empty'; params: { name: string } }
	| { problem: 'too_large'; params: { name: string; limitMegabytes: number } }
	| { problem: 'too_many_pixels'; params: { name: string; megapixels: number; limitMegapixels: number } }
	/** `found` is what the content is (`PDF`, `ZIP`), empty where nobody knows. */
	| { problem: 'name_mismatch'; params: { name: string; found: string } }
	| { problem: 'unsupported'; params: { name: string; found: string; accepted: string } }
	| { problem: 'undecodable' | 'pdf_encrypted' | 'pdf_metadata' | 'pdf_not_offered'; params: { name: string } };
export type FileResult = { ok: CleanFile } | FileProblem;

const oneOfTwo = turnstile(2);

/**
 * Makes one uploaded file fit to be kept: a picture redrawn from its pixels, a PDF stripped of metadata and of all that
 * acts. What the content is decides; a name or declared type that says otherwise is a refusal. At most two files are
 * worked on at a time. `position` numbers a file without a usable name; `pdf: false` where no PDF is offered (a nameless
 * report: its text may carry names that nobody can take out).
 */
export async function cleanFile(
	file: UploadedFile,
	{ position = 1, pdf = true }: { position?: number; pdf?: boolean } = {}
): Promise<FileResult> {
	const name = givenName(file.name, position);
	if (file.bytes.length === 0) return { problem: 'empty', params: { name } };
	if (file.bytes.length > MAX_UPLOAD_BYTES) return tooLarge(name, MAX_UPLOAD_BYTES);
	const sniffed = await fileTypeFromBuffer(file.bytes);
	const kind = sniffed && kindOfType(sniffed.mime);
	if (!kind) {
		const found = sniffed?.ext.toUpperCase() ?? '';
		return claimsAccepted(file.name, file.declaredType)
			? { problem: 'name_mismatch', params: { name, found } }
			: { problem: 'unsupported', params: { name, found, accepted: acceptedLabels({ pdf }) } };
	}
	if (!namesAgree(kind, file.name, file.declaredType)) {
		return { problem: 'name_mismatch', params: { name, found: kind.label } };
	}
	if (kind.label === 'PDF' && !pdf) return { problem: 'pdf_not_offered', params: { name } };
	return oneOfTwo(() => clean(file, kind, name, position));
}

async function clean(file: UploadedFile, kind: Kind, name: string, position: number): Promise<FileResult> {
	if (kind.label === 'PDF') {
		const result = await cleanPdf(file.bytes);
		if ('ok' in result) {
			const shown = displayName(file.name, 'pdf', position);
			return { ok: { bytes: result.ok, mediaType: 'application/pdf', extension: 'pdf', displayName: shown } };
		}
		return result.problem === 'too_large'
			? tooLarge(name, MAX_PDF_BYTES)
			: { problem: result.problem, params: { name } };
	}
	const result = await cleanImage(file.bytes, kind.mediaType);
	if ('ok' in result) {
		return { ok: { ...result.ok, displayName: displayName(file.name, result.ok.extension, position) } };
	}
	if (result.problem === 'undecodable') return { problem: 'undecodable', params: { name } };
	return {
		problem: 'too_many_pixels',
		params: { name, megapixels: result.megapixels, limitMegapixels: MAX_PIXELS / 1_000_000 }
	};
}

function tooLarge(name: string, limit: number): FileProblem {
	return { problem: 'too_large', params: { name, limitMegabytes: limit / MEGABYTE } };
}
