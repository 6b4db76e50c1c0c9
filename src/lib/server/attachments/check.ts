import { displayName, senderFileName } from './display-name.ts';
import { acceptedLabels, claimsAccepted, kindOfType, namesAgree } from './kinds.ts';
import { limitConcurrency } from '#lib/server/limit-concurrency.ts';
import { MAX_PDF_BYTES, MAX_PDF_PAGES, MAX_PIXELS } from './picture-and-pdf-limits.ts';
import { MAX_FILE_BYTES } from '#lib/server/uploads/limits.ts';

const MEGABYTE = 1024 * 1024;

/** A file from a form or API call. `name` and `type` are from the sender and may be empty. */
export interface SentFile {
	name: string;
	type: string;
	bytes: Uint8Array;
}
export type CleanFile = {
	bytes: Buffer;
	mediaType: 'image/jpeg' | 'image/png' | 'application/pdf';
	extension: 'jpg' | 'png' | 'pdf';
	displayName: string;
	width?: number;
	height?: number;
	/** Only for a document redrawn as pictures: see PicturePdf. */
	text?: string | null;
	forwardBytes?: number | null;
};
export const FILE_PROBLEMS = [
	...(['empty', 'too_large', 'too_many_pixels', 'name_mismatch', 'unsupported', 'undecodable'] as const),
	...(['pdf_encrypted', 'pdf_too_many_pages', 'pdf_too_complex', 'pdf_broken'] as const)
];
/** Why a file is refused, with the parameters of the message. */
interface FileProblem {
	problem: (typeof FILE_PROBLEMS)[number];
	params: Record<string, string | number>;
}
/**
 * How a PDF is processed. A citizen's PDF becomes pictures of its pages. The office's own stays unchanged, because it
 * may be signed.
 */
type PdfHandling = 'pictures' | 'as_sent' | 'refused';
type FileResult = { ok: CleanFile } | FileProblem;

/** Three pictures at once: Node has four threads for pictures, files and passwords, and one must stay free. */
const limitPictures = limitConcurrency(3);

/**
 * Cleans one uploaded file: a picture is redrawn from its pixels, and a PDF becomes pictures of its pages unless `pdf`
 * is set otherwise. The kind is detected from the content, and a name or declared type of another kind is refused. At
 * most three pictures and one PDF are processed at a time. `position` numbers a file without a usable name. The
 * libraries are loaded with the first file, because they are large.
 */
export async function cleanFile(
	file: SentFile,
	{ position = 1, pdf = 'pictures' }: { position?: number; pdf?: PdfHandling } = {}
): Promise<FileResult> {
	const name = senderFileName(file.name, position);
	const refused = (problem: FileProblem['problem'], params: FileProblem['params'] = {}): FileProblem => ({
		problem,
		params: { name, ...params }
	});
	const { bytes } = file;
	if (bytes.length === 0) return refused('empty');
	const { fileTypeFromBuffer } = await import('file-type');
	const sniffed = await fileTypeFromBuffer(bytes);
	const kind = sniffed && kindOfType(sniffed.mime);
	const limit = kind?.label === 'PDF' ? MAX_PDF_BYTES : MAX_FILE_BYTES;
	if (bytes.length > limit) return refused('too_large', { limitMegabytes: limit / MEGABYTE });
	// The detected kind (`PDF`, `ZIP`); empty if unknown.
	const found = sniffed?.ext.toUpperCase() ?? '';
	if (!kind && claimsAccepted(file.name, file.type)) return refused('name_mismatch', { found });
	if (!kind || (kind.label === 'PDF' && pdf === 'refused'))
		return refused('unsupported', { found, accepted: acceptedLabels({ pdf: pdf !== 'refused' }) });
	if (!namesAgree(kind, file.name, file.type)) return refused('name_mismatch', { found: kind.label });
	if (kind.label !== 'PDF') {
		const { cleanImage } = await import('./clean-image.ts');
		const picture = await limitPictures(() => cleanImage(bytes, kind.mediaType));
		if ('ok' in picture)
			return { ok: { ...picture.ok, displayName: displayName(file.name, picture.ok.extension, position) } };
		if (picture.problem === 'undecodable') return refused('undecodable');
		const { problem, megapixels } = picture;
		return refused(problem, { megapixels, limitMegapixels: MAX_PIXELS / 1_000_000 });
	}
	const document =
		pdf === 'as_sent'
			? { ok: { bytes: Buffer.from(bytes) } }
			: await (await import('./picture-pdf.ts')).picturePdf(bytes);
	if ('problem' in document) {
		const { problem, pageCount: pages = MAX_PDF_PAGES + 1 } = document;
		return refused(problem, problem === 'pdf_too_many_pages' ? { pages, limitPages: MAX_PDF_PAGES } : {});
	}
	const shown = displayName(file.name, 'pdf', position);
	return { ok: { ...document.ok, mediaType: 'application/pdf', extension: 'pdf', displayName: shown } };
}
