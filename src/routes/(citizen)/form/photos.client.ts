import { pictureScale } from '#lib/text/picture-scale.ts';
import { showError } from './field-error.client.ts';
import { createElement } from './create-element.client.ts';

const SMALL_BYTES = 700_000;
const QUALITY = 0.85;
/** Kinds of photos that nearly every browser can show. */
const COMMON = /^image\/(jpeg|png|webp)$/;

/** What a file was before it was shrunk, so that the same photo is listed once. */
const originals = new WeakMap<File, string>();
const originalOf = (file: File) => originals.get(file) ?? [file.name, file.size, file.lastModified].join('/');

/**
 * Shrinks chosen photos before the upload and shows a list of them. Each choice adds to the list, because a phone's camera
 * gives one photo at a time.
 *
 * @returns waits until all photos are ready, also those that are chosen meanwhile
 */
export function preparePhotos(form: HTMLFormElement): () => Promise<void> {
	let ready: Promise<unknown> = Promise.resolve();
	for (const input of form.querySelectorAll<HTMLInputElement>('input[type=file]')) {
		const shown = createElement('ul', 'chosen stack');
		(input.closest('.pick') ?? input).after(shown);
		const preparing = createElement('li', 'line', input.dataset.preparing);
		/** The browser replaces the files of the field at each choice. */
		let listed = [...(input.files ?? [])];
		const put = (files: File[]) => {
			const chosen = new DataTransfer();
			for (const file of files) chosen.items.add(file);
			input.files = chosen.files;
			listed = files;
			list();
			form.dispatchEvent(new Event('review'));
		};
		const remove = (file: File) => {
			put(listed.filter((other) => other !== file));
			// As if the person had chosen the others.
			input.dispatchEvent(new Event('input', { bubbles: true }));
			(shown.querySelector('button') ?? input).focus();
		};
		const list = () => {
			for (const image of shown.querySelectorAll('img')) URL.revokeObjectURL(image.src);
			const entries = listed.map((file) => entry(file, input.dataset, () => remove(file)));
			// Others may be removed while photos are prepared.
			if (preparing.isConnected) entries.push(preparing);
			shown.replaceChildren(...entries);
		};
		const add = async (chosen: File[]) => {
			shown.append(preparing);
			const prepared: File[] = [];
			try {
				// One photo after the other, because a cheap phone can't hold several decoded ones.
				for (const file of chosen) prepared.push(await shrunk(file));
				const known = listed.map(originalOf);
				const files = [...listed];
				const refused: Partial<Record<Refusal, string[]>> = {};
				for (const file of prepared.filter((file) => !known.includes(originalOf(file)))) {
					const reason = refusalOf(file, files.length, input.dataset);
					if (reason) (refused[reason] ??= []).push(file.name);
					else files.push(file);
				}
				put(files);
				const messages = Object.entries(refused).map(([reason, names]) =>
					(input.dataset[reason] ?? '').replace('#', () => names.join(', '))
				);
				if (messages.length > 0) showError(input, messages.join('. '));
			} finally {
				preparing.remove();
			}
		};
		input.addEventListener('change', () => {
			const chosen = [...(input.files ?? [])];
			ready = ready.catch(() => undefined).then(() => add(chosen));
		});
		form.addEventListener('reset', () => put([]));
		list();
	}
	return async () => {
		let awaited: unknown;
		while (awaited !== ready) {
			awaited = ready;
			// Safari 14.0 can't change the chosen files, so they are sent as they are.
			await ready.catch(() => undefined);
		}
	};
}

/** Why a file is not added to the list. The field has the message of each. */
type Refusal = 'other' | 'many' | 'large';

/**
 * Why the site would certainly refuse a file after its upload: it is neither a picture nor a PDF, one too many or too
 * large. The site decides about all other files, because some browsers do not know their kind.
 *
 * @param count number of files that are chosen already
 * @param limits of the file field
 */
export function refusalOf(
	{ type, size }: { type: string; size: number },
	count: number,
	{ max, bytes, pdfBytes }: DOMStringMap
): Refusal | undefined {
	if (!/^$|^image\/|pdf$|octet-stream$/.test(type)) return 'other';
	if (size > Number(type.endsWith('pdf') ? pdfBytes : bytes)) return 'large';
	return count >= Number(max) ? 'many' : undefined;
}

/**
 * Shows how much of each file was sent, from the part of the whole form: the files are most of it.
 *
 * @returns the number of files
 */
export function showProgress(form: HTMLFormElement, sent: number): number {
	const bars = [...form.querySelectorAll<HTMLProgressElement>('.chosen progress')];
	let rest = sent * bars.reduce((sum, { max }) => sum + max, 0);
	for (const bar of bars) {
		bar.hidden = false;
		// The browser shows less than nothing as nothing, and more than all as all.
		bar.value = rest;
		rest -= bar.max;
	}
	return bars.length;
}

/** Finds a chosen file that the browser can't read any more, because it was deleted, moved or changed since. */
export async function unreadableFile(form: HTMLFormElement): Promise<File | undefined> {
	for (const file of form.querySelector<HTMLInputElement>('input[type=file]')?.files ?? []) {
		try {
			await file.slice(0, 1).arrayBuffer();
		} catch {
			return file;
		}
	}
	return undefined;
}

/** The picture as the camera was held, because the smaller file has no note of it. @throws if it is no picture */
async function decoded(file: File): Promise<HTMLImageElement> {
	const image = new Image();
	image.src = URL.createObjectURL(file);
	await image.decode().finally(() => URL.revokeObjectURL(image.src));
	return image;
}

/** Browsers that hide what a canvas holds, such as Tor Browser, return noise. Others change only the lowest bits. */
function canRead(pen: CanvasRenderingContext2D): boolean {
	pen.fillStyle = '#3264c8';
	pen.fillRect(0, 0, 1, 1);
	const painted = [50, 100, 200, 255];
	return pen.getImageData(0, 0, 1, 1).data.every((value, index) => Math.abs(value - (painted[index] ?? 0)) < 4);
}

/** Returns a smaller JPEG, or the file unchanged if it is small, no photo, or not readable by the browser. */
async function shrunk(file: File): Promise<File> {
	if (file.size <= SMALL_BYTES || !COMMON.test(file.type)) return file;
	try {
		const canvas = document.createElement('canvas');
		const pen = canvas.getContext('2d');
		if (!pen || !canRead(pen)) return file;
		const picture = await decoded(file);
		const scale = pictureScale(picture.width, picture.height);
		canvas.width = Math.round(picture.width * scale);
		canvas.height = Math.round(picture.height * scale);
		pen.fillStyle = '#fff';
		pen.fillRect(0, 0, canvas.width, canvas.height);
		pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
		const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
		if (!blob || blob.size >= file.size) return file;
		const small = new File([blob], file.name.replace(/\.[^.]*$/, '') + '.jpg', { type: 'image/jpeg' });
		originals.set(small, originalOf(file));
		return small;
	} catch {
		return file;
	}
}

/** `427 kB` or `2,4 MB`, counted as in the limits. */
const sizeOf = ({ size }: File): string =>
	size < 1e6
		? `${Math.ceil(size / 1000)} kB`
		: `${(size / 2 ** 20).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;

/** A long name without its middle, so that it does not fill a phone's screen beside the photo. */
export const shortName = (name: string): string => name.replace(/^(.{20}).{9,}(.{10})$/su, '$1…$2');

function entry(file: File, words: DOMStringMap, remove: () => void): HTMLElement {
	const item = createElement('li', 'row');
	const progress = createElement('progress', '');
	progress.hidden = true;
	progress.max = file.size;
	progress.setAttribute('aria-label', file.name);
	const name = createElement('span', 'grow breakable');
	name.append(`${shortName(file.name)} (${sizeOf(file)})`, progress);
	if (file.type.startsWith('image/')) {
		const image = createElement('img', 'photo');
		const error = createElement('p', 'error');
		error.setAttribute('role', 'alert');
		image.src = URL.createObjectURL(file);
		image.alt = '';
		image.addEventListener('error', () => {
			image.remove();
			// The site can read kinds that a browser does not know, such as HEIC.
			if (!COMMON.test(file.type)) return;
			name.append(error);
			// Screen readers announce only a change of a text that is on the page.
			error.textContent = words.broken ?? '';
		});
		item.append(image);
	}
	const button = createElement('button', 'button secondary', words.remove);
	button.type = 'button';
	button.append(createElement('span', 'unseen', ` ${file.name}`));
	button.addEventListener('click', remove);
	item.append(name, button);
	return item;
}
