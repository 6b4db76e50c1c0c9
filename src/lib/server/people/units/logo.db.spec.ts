import sharp from 'sharp';
import { expect, test } from 'vitest';
import { fileStore } from '#lib/server/attachments/store.ts';
import { NotFound } from '#lib/server/errors.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { logoOf, officeHeader } from './find-unit.ts';
import { iconByHash, logoByHash, logoPicture, removeLogo, setLogo } from './logo.ts';

const file = (name: string, type: string, bytes: Uint8Array) => ({ name, type, bytes });
const png = async (width: number, height: number) =>
	file(
		'logo.png',
		'image/png',
		await fourColourImage(width, height)
			.png()
			.withExif({ IFD0: { Artist: 'Rahasia' } })
			.toBuffer()
	);
const stored = async (id: string) => (await referenceData()).unitById.get(id) ?? Promise.reject(new Error('no unit'));

test('an office shows its logo, redrawn and small; units below use it until they have their own', async () => {
	const province = await makeUnit();
	const regency = await makeUnit({ parent: province });
	const admin = await makeActor([[province.id, 'admin']]);
	expect((await officeHeader(await stored(regency.id))).logo).toBeNull();

	await setLogo(admin, province.id, await png(1600, 800));
	const inherited = (await officeHeader(await stored(regency.id))).logo;
	expect(inherited).toMatchObject({ width: 384, height: 192 });
	const shown = await logoByHash(inherited?.hash ?? '');
	expect(shown).toEqual(await logoPicture(await stored(regency.id)));
	const meta = await sharp(shown).metadata();
	expect([meta.format, meta.width, meta.exif]).toEqual(['png', 384, undefined]);

	await setLogo(admin, regency.id, file('l.webp', 'image/webp', await fourColourImage(100, 100).webp().toBuffer()));
	const own = await logoOf(await stored(regency.id));
	expect(own).toMatchObject({ width: 100, height: 100 });
	await removeLogo(admin, regency.id);
	expect((await officeHeader(await stored(regency.id))).logo?.hash).toBe(inherited?.hash);
	expect(await fileStore().read(own?.key ?? '')).toBeNull();
	await expect(logoByHash(own?.hash ?? '')).rejects.toThrow(NotFound);
	const actions = (await logOf(regency.code)).map(({ action }) => action);
	expect(actions.slice(-2)).toEqual(['unit.logo_set', 'unit.logo_removed']);
	await removeLogo(admin, regency.id);
	expect((await logOf(regency.code)).length).toBe(actions.length);
});

test('a logo that is no picture is refused with the reason, and nobody sets that of another office', async () => {
	const unit = await makeUnit();
	const admin = await makeActor([[unit.id, 'admin']]);
	const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
	const refused = (one?: Parameters<typeof setLogo>[2]) => codesOf(setLogo(admin, unit.id, one));
	expect(await refused(file('logo.svg', 'image/svg+xml', svg))).toEqual(['logo_svg']);
	expect(await refused(file('logo.png', 'image/png', svg))).toEqual(['file_name_mismatch']);
	expect(await refused(file('logo', '', svg))).toEqual(['file_unsupported']);
	expect(await refused()).toEqual(['logo_missing']);
	const stranger = await makeActor([[(await makeUnit()).id, 'admin']]);
	await expect(setLogo(stranger, unit.id, await png(10, 10))).rejects.toThrow(NotFound);
	await expect(removeLogo(stranger, unit.id)).rejects.toThrow(NotFound);
	expect((await stored(unit.id)).logo).toBeNull();
});

test('icons are the whole logo on white, and a phone that cuts the maskable one to a circle cuts nothing of it', async () => {
	const unit = await makeUnit();
	const blue = sharp({ create: { width: 600, height: 180, channels: 4, background: '#0b5cad' } });
	const admin = await makeActor([[unit.id, 'admin']]);
	await setLogo(admin, unit.id, file('l.png', 'image/png', await blue.png().toBuffer()));
	const hash = (await logoOf(await stored(unit.id)))?.hash ?? '';
	for (const [name, size, radius] of [
		['192', 192, Math.SQRT1_2],
		['512', 512, Math.SQRT1_2],
		['180', 180, Math.SQRT1_2],
		['maskable-512', 512, 0.4]
	] as const) {
		const icon = await iconByHash(hash, name);
		expect((await sharp(icon).metadata()).format, name).toBe('png');
		const { data, info } = await sharp(icon).raw().toBuffer({ resolveWithObject: true });
		expect([info.width, info.height], name).toEqual([size, size]);
		const inked = [...Array(size * size).keys()].filter((at) => (data[at * info.channels] ?? 255) < 128);
		const columns = inked.map((at) => at % size);
		const rows = inked.map((at) => Math.floor(at / size));
		// As wide as the icon allows, not distorted, in the middle.
		const [left, right] = [Math.min(...columns), Math.max(...columns)];
		const [top, bottom] = [Math.min(...rows), Math.max(...rows)];
		expect((right - left) / (bottom - top), name).toBeCloseTo(600 / 180, 0);
		expect(Math.abs(left + right + 1 - size), name).toBeLessThanOrEqual(2);
		expect(right - left, name).toBeGreaterThan(size / 2);
		const farthest = Math.hypot(right - size / 2, bottom - size / 2);
		expect(farthest, name).toBeLessThanOrEqual(radius * size);
	}
	// A small logo is not enlarged until it is blurred.
	await setLogo(admin, unit.id, await png(100, 100));
	const small = (await logoOf(await stored(unit.id)))?.hash ?? '';
	const { info } = await sharp(await iconByHash(small, '512'))
		.trim()
		.toBuffer({ resolveWithObject: true });
	expect([info.width, info.height, info.trimOffsetLeft, info.trimOffsetTop]).toEqual([150, 150, -181, -181]);
	expect(await iconByHash(small, '192')).toBe(await iconByHash(small, '192'));
	await expect(iconByHash(small, '1024')).rejects.toThrow(NotFound);
	await removeLogo(admin, unit.id);
	await expect(iconByHash(small, '192')).rejects.toThrow(NotFound);
});
