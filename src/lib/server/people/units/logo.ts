import { eq } from 'drizzle-orm';
import { cleanFile, type SentFile } from '#lib/server/attachments/check.ts';
import { storeFile } from '#lib/server/attachments/disk-reserve.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { oneRow, transaction } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import type { Actor } from '../actor.ts';
import { requireAdmin } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { logoOf, type Unit } from './find-unit.ts';

/** Pixels. On paper a logo is at most 18 mm high, so that this is 270 dpi; on a page it is 40 pixels high. */
const MAX_SIZE = { width: 640, height: 192 };

/** Draws the picture again as a PNG, which keeps a transparent background and which PDF can embed. */
async function redrawAsPng(file: SentFile) {
	const { name } = file;
	if (/\.svgz?$/i.test(name) || file.type.startsWith('image/svg')) throw invalid('file', 'logo_svg', { name });
	const result = await cleanFile(file, { pdf: 'refused' });
	if ('problem' in result) throw invalid('file', `file_${result.problem}`, result.params);
	const { default: sharp } = await import('sharp');
	const resized = sharp(result.ok.bytes).resize({ ...MAX_SIZE, fit: 'inside', withoutEnlargement: true });
	const { data, info } = await resized
		.png({ palette: true, compressionLevel: 9 })
		.toBuffer({ resolveWithObject: true });
	return { bytes: data, width: info.width, height: info.height };
}

/**
 * Sets an office's logo and deletes the former one.
 * @throws NotFound if the actor does not administer the office · Invalid with the reason if the file is not a picture
 */
export async function setLogo(actor: Actor, unitId: string, file: SentFile | undefined): Promise<void> {
	requireAdmin(actor, unitId);
	if (!file) throw invalid('file', 'logo_missing');
	const { bytes, width, height } = await redrawAsPng(file);
	const hash = sha256Hex(bytes).slice(0, 32);
	await replaceLogo(actor, unitId, { key: await storeFile(bytes), hash, width, height });
}

/** Removes an office's own logo; it then shows that of the office above. @throws NotFound */
export async function removeLogo(actor: Actor, unitId: string): Promise<void> {
	requireAdmin(actor, unitId);
	await replaceLogo(actor, unitId, null);
}

async function replaceLogo(actor: Actor, unitId: string, logo: Unit['logo']): Promise<void> {
	const former = await transaction(async (tx) => {
		const before = await tx.select().from(units).where(eq(units.id, unitId)).for('update').then(oneRow);
		if (!logo && !before.logo) return null;
		await tx.update(units).set({ logo }).where(eq(units.id, unitId));
		const action = logo ? 'unit.logo_set' : 'unit.logo_removed';
		await recordChange(tx, actor, { unitId, action, subject: before.code });
		return before.logo;
	});
	if (former) await fileStore().remove(former.key);
}

/** The logo that an office shows as PNG, to draw on paper; null if there is none. */
export async function logoPicture(unit: Pick<Unit, 'path'>): Promise<Buffer | null> {
	const logo = await logoOf(unit);
	return logo && fileStore().read(logo.key);
}

/** The logo with this content as PNG. @throws NotFound if no office has it any more */
export async function logoByHash(hash: string): Promise<Buffer> {
	const { units } = await referenceData();
	const key = units.find(({ logo }) => logo?.hash === hash)?.logo?.key;
	const picture = key ? await fileStore().read(key) : null;
	if (!picture) throw new NotFound(`logo ${hash}`);
	return picture;
}

interface Icon {
	size: number;
	part: number;
	inCircle?: true;
}
/** Icons for the home screen of a phone, by the name in their address: pixels of a side, and the logo's part of it. */
const ICONS: ReadonlyMap<string, Icon> = new Map([
	['192', { size: 192, part: 0.86 }],
	['512', { size: 512, part: 0.86 }],
	['180', { size: 180, part: 0.8 }],
	// Phones may cut it to a circle of 80 % of its side.
	['maskable-512', { size: 512, part: 0.78, inCircle: true }]
]);

/** An icon enlarges a small logo at most this much, because more would blur it, and shows it in the middle. */
const MOST_ENLARGED = 1.5;

/** Icons that were drawn, by the hash of the logo and their name. */
const icons = new Map<string, Promise<Buffer>>();

/** The logo with this content as an icon, on white, drawn once. @throws NotFound */
export async function iconByHash(hash: string, name: string): Promise<Buffer> {
	const icon = ICONS.get(name);
	const { units } = await referenceData();
	const present = new Set(units.map(({ logo }) => logo?.hash));
	if (!icon || !present.has(hash)) throw new NotFound(`icon ${hash} ${name}`);
	for (const key of icons.keys()) if (!present.has(key.split(' ')[0])) icons.delete(key);
	const key = `${hash} ${name}`;
	const known = icons.get(key);
	if (known) return known;
	const made = drawIcon(hash, icon);
	icons.set(key, made);
	// After a failure the next request draws it again.
	made.catch(() => icons.get(key) === made && icons.delete(key));
	return made;
}

async function drawIcon(hash: string, { size, part, inCircle }: Icon): Promise<Buffer> {
	const { default: sharp } = await import('sharp');
	const logo = sharp(await logoByHash(hash));
	const { width, height } = await logo.metadata();
	const fitting = (size * part) / (inCircle ? Math.hypot(width, height) : Math.max(width, height));
	const scale = Math.min(fitting, MOST_ENLARGED);
	const pixels = (length: number) => Math.max(1, Math.round(length * scale));
	const input = await logo.resize(pixels(width), pixels(height), { fit: 'fill' }).toBuffer();
	return sharp({ create: { width: size, height: size, channels: 3, background: '#fff' } })
		.composite([{ input }])
		.png({ palette: true, compressionLevel: 9 })
		.toBuffer();
}
