import exifr from 'exifr';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { cleanFile, type CleanFile } from './check.ts';
import {
	jpegMarkers,
	MARKS,
	phonePhoto,
	pngChunks,
	fourColourImage,
	withIptcAndComment,
	withPngText
} from '#lib/dev/testing/photos.ts';

const EVERYTHING = { tiff: true, exif: true, gps: true, xmp: true, iptc: true, icc: true, jfif: false, ihdr: false };

const answered = (name: string, bytes: Uint8Array, type = '') => cleanFile({ name, bytes, type });

async function cleaned(name: string, bytes: Uint8Array, declaredType = ''): Promise<CleanFile> {
	const result = await answered(name, bytes, declaredType);
	if (!('ok' in result)) throw new Error(`refused: ${result.problem}`);
	return result.ok;
}

async function problem(name: string, bytes: Uint8Array, declaredType = '') {
	const result = await answered(name, bytes, declaredType);
	return 'ok' in result ? 'taken' : result.problem;
}

async function colourAt(image: Uint8Array, x: number, y: number): Promise<string> {
	const pixel = await sharp(image).extract({ left: x, top: y, width: 1, height: 1 }).removeAlpha().raw().toBuffer();
	return [...pixel].map((value) => (value > 200 ? '1' : value < 90 ? '0' : '?')).join('');
}

function expectNoMarks(bytes: Buffer) {
	for (const mark of [...Object.values(MARKS), 'Exif', 'xpacket', 'Photoshop', 'ICC_PROFILE', 'iCCP'])
		expect(bytes.includes(mark, 0, 'latin1'), mark).toBe(false);
}

describe('a photo', () => {
	it.each(['jpeg', 'png', 'webp', 'avif'] as const)(
		'as %s loses GPS position, camera, author and colour profile',
		async (format) => {
			const original = await phonePhoto(format);
			const before = await sharp(original).metadata();
			expect(before.exif?.includes(MARKS.exif)).toBe(true);
			expect(before.xmp?.includes(MARKS.xmp)).toBe(true);
			expect(before.icc).toBeDefined();
			const cleanedFile = await cleaned(`foto.${format}`, original, `image/${format}`);
			expect(await exifr.parse(cleanedFile.bytes, EVERYTHING)).toBeUndefined();
			expectNoMarks(cleanedFile.bytes);
			const { exif, xmp, iptc, icc, orientation, comments } = await sharp(cleanedFile.bytes).metadata();
			expect({ exif, xmp, iptc, icc, orientation, comments }).toEqual({});
		}
	);

	it('loses GPS position, IPTC, comments and bytes after its end', async () => {
		const original = withIptcAndComment(await phonePhoto('jpeg'));
		// The same reader finds the position in the original.
		expect((await exifr.gps(original))?.latitude).toBeCloseTo(-2.675, 3);
		expect((await exifr.parse(original, EVERYTHING)).Byline).toBe(MARKS.iptc);
		const cleanedFile = await cleaned('foto.jpg', original);
		expect(await exifr.parse(cleanedFile.bytes, EVERYTHING)).toBeUndefined();
		expectNoMarks(cleanedFile.bytes);
		expect(
			jpegMarkers(cleanedFile.bytes).filter((marker) => marker === 0xfe || (marker > 0xe0 && marker < 0xf0))
		).toEqual([]);
		expect(cleanedFile.bytes.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
	});

	it('as PNG keeps transparency and no text chunk', async () => {
		const drawing = await sharp({ create: { width: 90, height: 60, channels: 4, background: '#ff000080' } })
			.png()
			.toBuffer();
		const cleanedFile = await cleaned('gambar.png', withPngText(drawing));
		expect(cleanedFile).toMatchObject({ mediaType: 'image/png', extension: 'png', width: 90, height: 60 });
		expectNoMarks(cleanedFile.bytes);
		expect(pngChunks(cleanedFile.bytes).filter((type) => !['IHDR', 'pHYs', 'IDAT', 'IEND'].includes(type))).toEqual([]);
		expect((await sharp(cleanedFile.bytes).stats()).isOpaque).toBe(false);
	});

	it('as PNG without transparency becomes a JPEG', async () => {
		const opaque = await fourColourImage().ensureAlpha().png().toBuffer();
		const cleanedFile = await cleaned('tangkapan layar.png', opaque, 'image/png');
		expect(cleanedFile).toMatchObject({ mediaType: 'image/jpeg', displayName: 'tangkapan layar.jpg' });
	});

	it('is rotated upright in its pixels', async () => {
		// Orientation 6: the camera lay on its side; the file's lower left corner belongs to the upper left.
		const cleanedFile = await cleaned('foto.jpg', await phonePhoto('jpeg', 6));
		expect(cleanedFile).toMatchObject({ width: 80, height: 120 });
		expect(await colourAt(cleanedFile.bytes, 15, 20)).toBe('001');
		expect(await colourAt(cleanedFile.bytes, 65, 20)).toBe('100');
		expect(await colourAt(cleanedFile.bytes, 65, 100)).toBe('010');
	});

	it('is reduced to 2048 pixels and 2 MB with its proportions', async () => {
		const noise = Buffer.alloc(2600 * 1560 * 3);
		for (let i = 0, x = 1; i < noise.length; i++) noise[i] = (x = (x * 48271) % 2147483647) & 255;
		const original = await sharp(noise, { raw: { width: 2600, height: 1560, channels: 3 } })
			.jpeg({ quality: 95 })
			.toBuffer();
		expect(original.length).toBeGreaterThan(2_000_000);
		const cleanedFile = await cleaned('foto.jpg', original);
		expect(cleanedFile).toMatchObject({ width: 2048, height: 1229 });
		expect(cleanedFile.bytes.length).toBeLessThanOrEqual(2_000_000);
	});

	it('of an animation becomes its first frame', async () => {
		const frames = Buffer.concat([Buffer.alloc(40 * 40 * 3, 0), Buffer.alloc(40 * 40 * 3, 255)]);
		const gif = await sharp(frames, { raw: { width: 40, height: 80, channels: 3, pageHeight: 40 } })
			.gif()
			.toBuffer();
		expect((await sharp(gif).metadata()).pages).toBe(2);
		const cleanedFile = await cleaned('gerak.gif', gif, 'image/gif');
		expect(cleanedFile).toMatchObject({ mediaType: 'image/jpeg', width: 40, height: 40 });
		expect(await colourAt(cleanedFile.bytes, 20, 20)).toBe('000');
	});

	it.each(['jpeg', 'png', 'webp', 'avif', 'gif'] as const)('as %s is refused when truncated', async (format) => {
		const complete = await fourColourImage(1200, 800).toFormat(format).toBuffer();
		expect(await problem(`foto.${format}`, complete)).toBe('taken');
		expect(await problem(`foto.${format}`, complete.subarray(0, Math.floor(complete.length * 0.7)))).toBe(
			'undecodable'
		);
	});

	it('is refused over 40 megapixels and accepted at 40; over 10 MB it is refused before it is decoded', async () => {
		const plain = (width: number) =>
			sharp({ create: { width, height: 5000, channels: 3, background: '#aabbcc' } })
				.jpeg()
				.toBuffer();
		const pixels = { name: 'peta.jpg', megapixels: 41, limitMegapixels: 40 };
		expect(await answered('peta.jpg', await plain(8200))).toEqual({ problem: 'too_many_pixels', params: pixels });
		expect(await problem('peta.jpg', await plain(8000))).toBe('taken');
		const heavy = Buffer.concat([await phonePhoto('jpeg'), Buffer.alloc(10 * 1024 * 1024)]);
		const size = { name: 'foto.jpg', limitMegabytes: 10 };
		expect(await answered('foto.jpg', heavy)).toEqual({ problem: 'too_large', params: size });
	});

	it('that is also a web page is only a picture after redrawing', async () => {
		const page = Buffer.from('<script>alert(1)</script>');
		const gif = await fourColourImage().gif().toBuffer();
		const cleanedFile = await cleaned('dua.gif', Buffer.concat([gif, page]));
		expect(cleanedFile.bytes.includes('<script>')).toBe(false);
	});

	it('is processed correctly for twelve uploads at once', async () => {
		const original = await phonePhoto('jpeg');
		const all = await Promise.all(Array.from({ length: 12 }, () => cleaned('foto.jpg', original)));
		expect(new Set(all.map((cleanedFile) => cleanedFile.bytes.toString('base64'))).size).toBe(1);
	});
});

describe('a file name', () => {
	it('is refused if its extension differs from the content', async () => {
		const jpeg = await fourColourImage().jpeg().toBuffer();
		for (const [name, bytes] of [
			['foto.pdf', jpeg],
			['foto.exe', jpeg],
			['foto.png', Buffer.from('catatan biasa')],
			['foto.jpg', Buffer.from('%PDF-1.7\n')]
		] as const)
			expect(await problem(name, bytes), name).toBe('name_mismatch');
	});

	it('may be that of another kind of picture, because the picture is drawn again', async () => {
		const webp = await fourColourImage().webp().toBuffer();
		expect(await cleaned('foto.jpg', webp, 'image/jpeg')).toMatchObject({ displayName: 'foto.jpg' });
	});

	it('may be missing, and jpg means jpeg', async () => {
		const jpeg = await fourColourImage().jpeg().toBuffer();
		for (const [name, type] of [
			['', ''],
			['foto', 'application/octet-stream'],
			['Foto 12.30', 'image/jpg'],
			['FOTO.JPEG', 'image/jpeg'],
			['foto.jfif', 'image/pjpeg; charset=binary']
		] as const) {
			expect(await problem(name, jpeg, type), name).toBe('taken');
		}
		expect((await cleaned('', jpeg)).displayName).toBe('foto-1.jpg');
	});

	it('of another kind is refused with the list of accepted kinds', async () => {
		const svg = Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>');
		const tiff = await fourColourImage().tiff().toBuffer();
		const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), Buffer.alloc(64)]);
		const accepted = 'JPEG, PNG, WebP, GIF, AVIF, PDF';
		for (const [name, bytes, type, found] of [
			['gambar.svg', svg, 'image/svg+xml', expect.any(String)],
			['pindaian.tif', tiff, 'image/tiff', 'TIF'],
			['IMG_1.heic', heic, 'image/heic', 'HEIC']
		] as const)
			expect(await answered(name, bytes, type)).toEqual({ problem: 'unsupported', params: { name, found, accepted } });
		expect(await problem('kosong.jpg', new Uint8Array())).toBe('empty');
	});
});
