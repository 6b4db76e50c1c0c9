import type { SentFile } from '#lib/server/attachments/check.ts';
import { storeFile } from '#lib/server/attachments/disk-reserve.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { plainName } from '#lib/server/csv-table.ts';
import { Invalid, type Issue } from '#lib/server/errors.ts';
import { keyedHex } from '#lib/server/keys.ts';
import type { Actor } from '../actor.ts';
import { cropPortrait } from './officer-photo.ts';
import { filesIn, MAX_ENTRIES, type PackedFile } from './photo-archive.ts';

/** A line of the table of officers: its name and the file that the column `foto` names. */
export interface PhotoLine {
	line: number;
	name: string;
	photo: string | undefined;
}

/** The photo of a line. */
export interface LinePhoto {
	/** The file's name in the archive. */
	file: string;
	/** `missing`: the column names a file that no archive has. The officer is stored without a photo. */
	state: 'found' | 'missing' | 'refused';
	issues: readonly Issue[];
	/** Key of the portrait in the file store. */
	key?: string;
}

/** Photos between preview and confirmation. They are portraits without a row, which the nightly sweep removes. */
export interface PhotoPreview {
	/** Random part of the portraits' keys; the form sends it back. */
	batch: string;
	byLine: ReadonlyMap<number, LinePhoto>;
	/** Files that belong to no line. */
	unused: readonly string[];
}

/** Only the account that sent the archive can name the key of a portrait, and no other file has such a key. */
const keyOf = ({ accountId }: Actor, batch: string, file: string) =>
	keyedHex('import-photo', JSON.stringify([accountId, batch, file]));

const issue = (code: string, params: Issue['params']): Issue => ({ path: 'foto', code, params });

const withoutExtension = (name: string) => name.replace(/\.[^.]*$/, '');

/** The files that a line means: the one that its column names, else those that have the officer's name. */
function meantBy<F extends { name: string }>({ name, photo }: PhotoLine, files: readonly F[]): readonly F[] {
	const asked = photo?.normalize('NFC').toLowerCase();
	return files.filter((file) =>
		asked ? file.name.toLowerCase() === asked : plainName(withoutExtension(file.name)) === plainName(name)
	);
}

/**
 * Finds each line's photo in the archives, cleans it and keeps the portrait for the confirmation.
 * @throws Invalid if an archive can't be read · FilesRefused if the disk is full
 */
export async function previewPhotos(
	actor: Actor,
	lines: readonly PhotoLine[],
	archives: readonly SentFile[]
): Promise<PhotoPreview> {
	const files = await filesIn(archives);
	const batch = crypto.randomUUID();
	return { batch, ...(await matched(lines, files, (file) => cleaned(file, keyOf(actor, batch, file.name)))) };
}

/** Gives each file to the line that means it. Refuses files that more lines mean, and lines that mean more files. */
async function matched<F extends { name: string }>(
	lines: readonly PhotoLine[],
	files: readonly F[],
	take: (file: F) => Promise<LinePhoto>
): Promise<Omit<PhotoPreview, 'batch'>> {
	const used = new Map<F, number>();
	const byLine = new Map<number, LinePhoto>();
	for (const one of lines) {
		const [file, another] = meantBy(one, files);
		if (!file) {
			if (one.photo) byLine.set(one.line, { file: one.photo, state: 'missing', issues: [] });
			continue;
		}
		const earlier = used.get(file);
		const { name } = file;
		used.set(file, earlier ?? one.line);
		if (another) used.set(another, one.line);
		const refusal = another
			? issue('zip_twice', { name })
			: earlier !== undefined && issue('import_photo_shared', { name, line: earlier });
		byLine.set(one.line, refusal ? refused(name, [refusal]) : await take(file));
	}
	return { byLine, unused: files.filter((file) => !used.has(file)).map(({ name }) => name) };
}

const refused = (file: string, issues: readonly Issue[]): LinePhoto => ({ file, state: 'refused', issues });

/** Cleans one photo and stores the portrait under its key. */
async function cleaned(file: PackedFile, key: string): Promise<LinePhoto> {
	try {
		await storeFile(await cropPortrait(await file.read()), key);
		return { file: file.name, state: 'found', issues: [], key };
	} catch (cause) {
		if (cause instanceof Invalid) return refused(file.name, cause.issues);
		throw cause;
	}
}

/** Portraits that an earlier preview kept: its batch, and the names of their files. */
export interface KeptPhotos {
	batch: string;
	files: readonly string[];
}

/**
 * Finds each line's portrait among those that an earlier preview kept, as if their files were sent again: lines may have
 * been added, removed or corrected since. The portraits get new keys, so that no sweep removes them before they have a
 * row. A line whose portrait is gone is refused.
 */
export async function loadPreviewedPhotos(
	actor: Actor,
	lines: readonly PhotoLine[],
	{ batch, files }: KeptPhotos
): Promise<PhotoPreview> {
	const kept = files.slice(0, MAX_ENTRIES).map((name) => ({ name }));
	return { batch, ...(await matched(lines, kept, ({ name }) => copied(name, keyOf(actor, batch, name)))) };
}

async function copied(file: string, from: string): Promise<LinePhoto> {
	const portrait = await fileStore().read(from);
	if (!portrait) return refused(file, [issue('import_photo_gone', { name: file })]);
	return { file, state: 'found', issues: [], key: await storeFile(portrait) };
}

/** Removes portraits: those of the preview after the table was stored, or the copies after it was refused. */
export async function dropPhotos(
	actor: Actor,
	{ batch, byLine }: PhotoPreview,
	which: 'preview' | 'copies'
): Promise<void> {
	for (const { key, file } of byLine.values())
		if (key) await fileStore().remove(which === 'preview' ? keyOf(actor, batch, file) : key);
}
