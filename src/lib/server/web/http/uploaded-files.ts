import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { env } from '#lib/server/env.ts';
import { FilesRefused } from '#lib/server/errors.ts';
import { UPLOAD_HEADER, uploadFolder, type Refusal } from '#lib/server/uploads/handover.ts';
import { BodyTooLarge } from './body-limits.ts';

/** A file that was dropped while it arrived. Reading it throws the reason, and the form comes back with its text. */
class RefusedFile extends File {
	readonly #reason: Exclude<Refusal, 'too_much'>;
	constructor(standIn: File, reason: Exclude<Refusal, 'too_much'>) {
		super([standIn], standIn.name, { type: standIn.type });
		this.#reason = reason;
	}
	override arrayBuffer = () => Promise.reject(new FilesRefused(this.#reason));
	override text = () => Promise.reject(new FilesRefused(this.#reason));
}

/** The upload that the production entry stored for this request; undefined if it passed the body on unchanged. */
function uploadOf(request: Request): { refused: Refusal } | { stored: string } | undefined {
	const [state, value = ''] = (request.headers.get(UPLOAD_HEADER) ?? '').split(' ');
	if (state === 'refused') return { refused: value as Refusal };
	return state === 'stored' ? { stored: value } : undefined;
}

/**
 * Returns the files of a form that the entry has stored. Their content is read from disk on demand, until the request is
 * answered.
 *
 * @throws BodyTooLarge if the form has too many fields or too much text
 */
export async function uploadedFiles(request: Request, standIns: readonly File[]): Promise<File[]> {
	const upload = uploadOf(request);
	if (!upload) return [...standIns];
	if ('refused' in upload) {
		const { refused } = upload;
		if (refused === 'too_much') throw new BodyTooLarge();
		return standIns.map((standIn) => new RefusedFile(standIn, refused));
	}
	return Promise.all(
		standIns.map(async (standIn) => {
			const path = join(uploadFolder(env().DATA_DIR, upload.stored), await standIn.text());
			const { name, type } = standIn;
			return standIn.size === 0 ? standIn : new File([await openAsBlob(path)], name, { type });
		})
	);
}
