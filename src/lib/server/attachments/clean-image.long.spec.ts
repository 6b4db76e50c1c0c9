import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { cleanImage, thumbnailOf, type CleanImage } from './clean-image.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';

function noise(width: number, height: number, channels: 3 | 4): Sharp {
	const pixels = Buffer.alloc(width * height * channels);
	for (let i = 0, x = 7; i < pixels.length; i++) pixels[i] = (x = (x * 48271) % 2147483647) & 255;
	return sharp(pixels, { raw: { width, height, channels } });
}

async function clean(bytes: Buffer, format: string, maxBytes?: number): Promise<CleanImage> {
	const result = await cleanImage(bytes, format, maxBytes);
	if (!('ok' in result)) throw new Error(result.problem);
	return result.ok;
}

describe('cleanImage', () => {
	it('lowers the quality first, then the size', async () => {
		const original = await noise(1200, 800, 3).jpeg().toBuffer();
		const { bytes } = await clean(original, 'image/jpeg');
		const lighter = await clean(original, 'image/jpeg', bytes.length * 0.8);
		expect(lighter.bytes.length).toBeLessThanOrEqual(bytes.length * 0.8);
		expect(lighter).toMatchObject({ width: 1200, height: 800 });
		const small = await clean(original, 'image/jpeg', 20_000);
		expect(small.bytes.length).toBeLessThanOrEqual(20_000);
		expect(small.width).toBeLessThan(1200);
		expect(small.width / small.height).toBeCloseTo(1.5, 1);
	});

	it('keeps a long screenshot of a chat as wide as its words need, also if it lies on its side', async () => {
		const chat = await fourColourImage(1080, 10_800).png().toBuffer();
		expect(await clean(chat, 'image/png')).toMatchObject({ width: 1080, height: 10_800 });
		const turned = await sharp(chat).rotate(90).withMetadata({ orientation: 8 }).jpeg().toBuffer();
		expect(await clean(turned, 'image/jpeg')).toMatchObject({ width: 1080, height: 10_800 });
	});

	it('accepts a JPEG on which the decoder only warns, as the cameras of some phones write it', async () => {
		const photo = await noise(60, 40, 3).jpeg().toBuffer();
		// The end of the spectral selection in the header of the scan: 63 in a sequential JPEG, here 0.
		const scan = photo.indexOf(Buffer.from([0xff, 0xda]));
		photo[scan + 2 + photo.readUInt16BE(scan + 2) - 2] = 0;
		await expect(sharp(photo, { failOn: 'warning' }).toBuffer()).rejects.toThrow('SOS');
		expect(await clean(photo, 'image/jpeg')).toMatchObject({ width: 60, height: 40 });
	});

	it('draws a transparent picture on white if it is too large as PNG', async () => {
		const heavy = await clean(await noise(1024, 1024, 4).png().toBuffer(), 'image/png');
		expect(heavy.mediaType).toBe('image/jpeg');
		expect(heavy.bytes.length).toBeLessThanOrEqual(2_000_000);
		const clear = { create: { width: 64, height: 64, channels: 4 as const, background: '#00000000' } };
		const cleanPicture = await clean(await sharp(clear).png().toBuffer(), 'image/png');
		expect(cleanPicture.mediaType).toBe('image/png');
	});

	it('refuses content that is decoded as another format than the detected one', async () => {
		expect(await cleanImage(await fourColourImage().png().toBuffer(), 'image/jpeg')).toEqual({
			problem: 'undecodable'
		});
	});
});

describe('thumbnailOf', () => {
	it('reads a picture only when it is drawn', async () => {
		const picture = await fourColourImage().jpeg().toBuffer();
		let reads = 0;
		let release: () => void = () => undefined;
		const held = new Promise<void>((done) => (release = done));
		const read = async () => {
			reads += 1;
			await held;
			return picture;
		};
		const drawn = [1, 2, 3].map(() => thumbnailOf(read));
		expect(reads).toBe(2);
		release();
		const formats = (await Promise.all(drawn)).map(
			async (bytes) => (await sharp(bytes ?? undefined).metadata()).format
		);
		expect(await Promise.all(formats)).toEqual(['jpeg', 'jpeg', 'jpeg']);
		expect(reads).toBe(3);
	});

	it('gives nothing if the file is gone', async () => {
		expect(await thumbnailOf(() => Promise.resolve(null))).toBeNull();
	});
});
