import sharp from 'sharp';
import { expect, test } from 'vitest';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { setLogo } from '#lib/server/people/units/logo.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { linkPreview } from './link-preview.ts';

/** Part of the pixels of a region that satisfy a condition. */
async function share(png: Buffer, [left, top, width, height]: number[], is: (rgb: number[]) => boolean) {
	const region = { left: left ?? 0, top: top ?? 0, width: width ?? 0, height: height ?? 0 };
	const pixels = await sharp(png).extract(region).removeAlpha().raw().toBuffer();
	const count = pixels.length / 3;
	return [...Array(count).keys()].filter((at) => is([...pixels.subarray(at * 3, at * 3 + 3)])).length / count;
}
const isDark = ([red = 0, green = 0, blue = 0]: number[]) => red + green + blue < 200;
const isLight = ([red = 0, green = 0, blue = 0]: number[]) => red + green + blue > 700;
const isBlue = ([red = 0, green = 0, blue = 0]: number[]) => red < 60 && green > 60 && green < 130 && blue > 140;

const NAME = [60, 200, 1080, 250];
const BAND = [0, 500, 1200, 130];

test('the card of an office has its name, logo, choices and colour, in the size and weight that messengers show', async () => {
	const { id } = await makeUnit();
	const unit = async (name: string) => ({ ...(await referenceData()).unitById.get(id)!, name, accent: '#0b5cad' });
	const plain = await linkPreview(await unit('Kantor Contoh'), 'id');
	const logo = await fourColourImage(400, 160).png().toBuffer();
	await setLogo(await makeActor([[id, 'admin']]), id, { name: 'l.png', type: 'image/png', bytes: logo });
	const long = `Badan Pusat Statistik ${'Kabupaten Kepulauan Bagian Barat '.repeat(9)}`;
	for (const name of ['BPS Kabupaten Mamuju', long]) {
		const card = await linkPreview(await unit(name), 'id');
		const png = await card.picture();
		const { format, width, height } = await sharp(png).metadata();
		expect([format, width, height]).toEqual(['png', 1200, 630]);
		expect(png.length).toBeLessThan(300_000);
		expect(await share(png, NAME, isDark), name).toBeGreaterThan(0.02);
		expect(await share(png, BAND, isBlue), name).toBeGreaterThan(0.7);
		// The choices to their last word, in white; nothing of a long name runs into them.
		expect(await share(png, [950, 500, 180, 130], isLight), name).toBeGreaterThan(0.02);
		expect(await share(png, BAND, isDark), name).toBe(0);
		// The red quarter of the logo.
		expect(
			await share(png, [75, 50, 100, 112], ([red = 0, green = 0]) => red > 200 && green < 60),
			name
		).toBeGreaterThan(0.3);
		expect((await linkPreview(await unit(name), 'id')).picture()).toBe(card.picture());
		expect(card.path).not.toBe(plain.path);
	}
	const [id1, en] = [await linkPreview(await unit('A'), 'id'), await linkPreview(await unit('A'), 'en')];
	expect(en.path).not.toBe(id1.path);
	expect(await en.picture()).not.toEqual(await id1.picture());
});
