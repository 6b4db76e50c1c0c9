import { sql } from 'drizzle-orm';
import { zoneNamed, zoneShortName } from '#lib/calendar/format.ts';
import type { Role } from '#lib/cases/vocabulary.ts';
import type { SentFile } from '#lib/server/attachments/check.ts';
import { decodeTable, isTextTable, isWorkbook, plainName } from '#lib/server/csv-table.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { isStored } from '#lib/server/db/create-once.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { officers, places, units } from '#lib/server/db/schema/units.ts';
import { Invalid, NotFound, invalid, type Issue } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { insertPlace, requireNewPlaceName } from '#lib/server/places/places.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { withMobileZero } from '#lib/text/phone.ts';
import { insertAccount } from './accounts.ts';
import type { Actor } from './actor.ts';
import { readTable, type Cells, type ImportList, type ImportRow } from './import-rows.ts';
import { withTakenValues } from './import-uniqueness.ts';
import {
	dropPhotos,
	loadPreviewedPhotos,
	previewPhotos,
	type KeptPhotos,
	type LinePhoto,
	type PhotoPreview
} from './officers/import-photos.ts';
import { writePhoto } from './officers/officer-photo.ts';
import { insertOfficer, requireNewName } from './officers/officers.ts';
import { isArchive } from './officers/photo-archive.ts';
import type { Unit } from './units/find-unit.ts';
import { insertUnit, defaultsFromParent } from './units/units.ts';

const ROLE_NAMES: Readonly<Record<string, Role>> = {
	penangan: 'handler',
	penyelia: 'supervisor',
	pimpinan: 'manager',
	administrator: 'admin'
};

/** The short names, and those on the screens. */
const PLACE_KIND_NAMES: Readonly<Record<string, string>> = {
	kotak: 'box',
	'kotak saran': 'box',
	meja: 'desk',
	'meja layanan': 'desk',
	anjungan: 'kiosk',
	'anjungan layanan': 'kiosk'
};

/** A line of the table, its photo, and why it can't be stored. */
export interface ImportLine {
	line: number;
	name: string;
	unit: string;
	/** For an office, also the web address and time zone that its line leaves out. */
	cells: Cells;
	photo?: LinePhoto;
	/** For a line with an account. If a role is unknown, `roles` is the text of the cell. */
	account?: { username: string | undefined; email: string | undefined; roles: readonly string[] };
	issues: readonly Issue[];
}

/** Carries the lines out of the transaction that is rolled back. */
class NotStored extends Error {
	readonly lines: ImportLine[];
	constructor(lines: ImportLine[]) {
		super('the table was not stored');
		this.lines = lines;
	}
}

/** What the page sends: files and the pasted text, and after the preview the photos that were kept. */
export interface SentTable {
	files?: readonly SentFile[];
	text?: string;
	/** Code of the office for lines without `kantor`. */
	office: string;
	confirmed: boolean;
	/**
	 * Id of the form that confirms a preview. It becomes the id of the first record, so a form that is sent twice is
	 * stored once.
	 */
	submissionId?: string;
	kept?: KeptPhotos;
}

/**
 * Creates offices, accounts with their roles, officers or places from a CSV table: every line, or none. Without
 * `confirmed`, everything is checked by the same rules and rolled back, so the preview says exactly what would happen.
 * Officers' photos are in ZIP archives beside their table.
 * @throws Invalid if the text is no such table, or an archive can't be read
 */
export async function importTable(actor: Actor, list: ImportList, sent: SentTable) {
	const { files = [], office, confirmed, submissionId } = sent;
	const { table, archives } = tableAndArchives(list, files);
	const text = table ? decodeTable(table.bytes) : (sent.text ?? '');
	if (table && !text.trim()) throw invalid('file', 'file_empty', { name: table.name });
	const { rows, unknown } = readTable(list, text);
	const photoLines = rows.map(({ line, cells }) => ({ line, name: cells.nama ?? '', photo: cells.foto }));
	// Before the transaction, which contains no image processing.
	const hasPhotos = archives.length > 0 || photoLines.some(({ photo }) => photo);
	const preview = () => (hasPhotos ? previewPhotos(actor, photoLines, archives) : undefined);
	// A new archive replaces the photos that an earlier preview kept.
	const kept = archives.length > 0 ? undefined : sent.kept;
	const photos = await (kept ? loadPreviewedPhotos(actor, photoLines, kept) : preview());
	const toStore = { rows, photos, office, confirmed, submissionId };
	const { repeated, ...result } = await storeLines(actor, list, toStore);
	if (photos && kept) await dropPhotos(actor, photos, result.stored && !repeated ? 'preview' : 'copies');
	return { ...result, text, batch: photos?.batch, unused: photos?.unused ?? [], unknown };
}

/**
 * Finds the table and the archives among the files.
 * @throws Invalid on the field `file` if a file is neither, or there are several tables
 */
function tableAndArchives(list: ImportList, files: readonly SentFile[]) {
	const workbook = files.find(isWorkbook);
	if (workbook) throw invalid('file', 'import_workbook', { name: workbook.name });
	const takesArchives = list === 'officers';
	const archives = takesArchives ? files.filter(isArchive) : [];
	const tables = files.filter((file) => !archives.includes(file));
	const unusable = tables.find((file) => !isTextTable(file));
	if (unusable)
		throw invalid('file', takesArchives ? 'import_neither_csv_nor_zip' : 'import_not_csv', { name: unusable.name });
	if (tables.length > 1) throw invalid('file', 'import_one_table');
	return { table: tables[0], archives };
}

interface TableToStore {
	rows: readonly ImportRow[];
	photos: PhotoPreview | undefined;
	office: string;
	confirmed: boolean;
	submissionId: string | undefined;
}

async function storeLines(
	actor: Actor,
	list: ImportList,
	{ rows, photos, office, confirmed, submissionId }: TableToStore
): Promise<{ stored: boolean; repeated?: boolean; lines: ImportLine[] }> {
	// Read before the transaction, which would reload the reference data after each write. The list lacks offices of
	// earlier lines, but no one administers these yet.
	const { unitByCodeOrSlug } = await referenceData();
	try {
		return await transaction(async (tx) => {
			if (submissionId && (await isTableStored(tx, list, submissionId)))
				return { stored: true, repeated: true, lines: [] };
			const tried: ImportLine[] = [];
			const offices = new Set<string>();
			for (const { line, cells, issues: unread } of rows) {
				const code = cells.kantor ?? cells.induk ?? office;
				const photo = photos?.byLine.get(line);
				const id = tried.length === 0 ? submissionId : undefined;
				const unit = unitByCodeOrSlug.get(code.toLowerCase());
				// A line without a known office is tried in the page's office and undone, to find its other faults. Lines of
				// officers are not, because only the right office knows the names of its officers.
				const triedIn = unit ?? (list === 'officers' ? undefined : unitByCodeOrSlug.get(office.toLowerCase()));
				const issues = [...unread, ...(photo?.issues ?? []), ...(unit ? [] : [unknownUnit(code)])];
				let stored = false;
				if (triedIn) {
					const filled = { id, unit: triedIn, cells, photoKey: photo?.key };
					const refused = await issuesOf(code, () => store(tx, actor, list, filled));
					stored = refused.length === 0;
					issues.push(...refused);
				}
				if (unit) offices.add(unit.id);
				const account = list === 'people' ? accountOf(cells) : undefined;
				const given = list === 'units' && triedIn ? newUnit(triedIn, cells) : undefined;
				const shown = given ? { ...cells, ...shownCells(given) } : cells;
				const found = await withTakenValues(tx, list, { issues, stored, written: cells, shown }, tried);
				tried.push({ line, name: cells.nama ?? '', unit: code, cells: shown, photo, issues: found, account });
			}
			if (!confirmed || tried.some(({ issues }) => issues.length > 0)) throw new NotStored(tried);
			if (list === 'officers') for (const unitId of offices) await enqueue(tx, 'officers-named', { unitId });
			return { stored: true, lines: tried };
		});
	} catch (cause) {
		if (cause instanceof NotStored) return { stored: false, lines: cause.lines };
		throw cause;
	}
}

const TABLES = { units, people: accounts, officers, places };

/** Whether this form has stored its table. */
async function isTableStored(tx: Tx, list: ImportList, submissionId: string): Promise<boolean> {
	// The first one may take longer than a statement may wait for other locks.
	await tx.execute(sql`set local lock_timeout = 0`);
	return isStored(tx, TABLES[list], submissionId);
}

interface Line {
	id: string | undefined;
	unit: Unit;
	cells: Cells;
	photoKey: string | undefined;
}

async function store(
	tx: Tx,
	actor: Actor,
	list: ImportList,
	{ id: given, unit, cells, photoKey }: Line
): Promise<void> {
	const { nama: name } = cells;
	if (list === 'units') await insertUnit(tx, actor, newUnit(unit, cells), given);
	else if (list === 'places') {
		await requireNewPlaceName(tx, actor, unit.id, name ?? '', 'import_same_place');
		const kind = cells.jenis?.toLowerCase() ?? 'kotak';
		await insertPlace(tx, actor, unit.id, { name, kind: PLACE_KIND_NAMES[kind] ?? kind }, given);
	} else if (list === 'officers') {
		const { jabatan: position, panggilan: nicknames } = cells;
		await requireNewName(tx, actor, unit.id, { name }, 'import_same_name');
		const id = await insertOfficer(tx, actor, unit.id, { name, position, nicknames, active: true }, given);
		if (photoKey) await writePhoto(tx, actor, { id, unitId: unit.id, name: name ?? '' }, photoKey);
	} else {
		await insertAccount(tx, actor, { name, ...accountOf(cells), unitId: unit.id }, given);
	}
}

function accountOf({ nama_pengguna: username, email, peran = '' }: Cells) {
	const words = peran
		.toLowerCase()
		.split(/[^a-z]+/)
		.filter(Boolean);
	const roles = words.map((word) => ROLE_NAMES[word]);
	return { username, email, roles: roles.every((role) => role !== undefined) ? roles : [peran] };
}

/** A new office as its form sends it. Values that the line leaves out are those of the office above. */
function newUnit(parent: Unit, cells: Cells) {
	const { kode: code, nama: name, alamat: address, telepon: phone, whatsapp, email } = cells;
	const slug =
		cells.alamat_web ??
		plainName(name ?? '')
			.replaceAll('_', '-')
			.slice(0, 40)
			.replace(/-$/, '');
	const zone = cells.zona && zoneNamed(cells.zona);
	const { timeZone, ...like } = defaultsFromParent(parent);
	const contact = {
		address,
		phone: phone && withMobileZero(phone),
		whatsapp: whatsapp && withMobileZero(whatsapp),
		email,
		responsible: cells.penanggung_jawab
	};
	return { ...like, ...contact, code, name, slug, parentId: parent.id, timeZone: zone ?? timeZone };
}

/** The cells of an office that are stored differently from how they may be written. */
const shownCells = ({ slug, timeZone, phone, whatsapp }: ReturnType<typeof newUnit>): Cells => ({
	alamat_web: slug,
	zona: zoneShortName(timeZone),
	telepon: phone,
	whatsapp
});

/** Returns what the domain refuses in a line. It refuses before a statement can fail, so the transaction goes on. */
async function issuesOf(unit: string, work: () => Promise<unknown>): Promise<readonly Issue[]> {
	try {
		await work();
		return [];
	} catch (cause) {
		// A table has no list to choose a time zone from.
		if (cause instanceof Invalid)
			return cause.issues.map((issue) => (issue.code === 'admin_zone' ? { ...issue, code: 'import_zone' } : issue));
		if (cause instanceof NotFound) return [unknownUnit(unit)];
		throw cause;
	}
}

/** An office that the actor does not administer is like one that does not exist. */
const unknownUnit = (code: string): Issue => ({ path: 'kantor', code: 'import_unit', params: { code } });
