import { expect, type Locator } from '@playwright/test';
import exifr from 'exifr';
import jsQR from 'jsqr';
import sharp from 'sharp';
import { MARKS, phonePhoto, withIptcAndComment } from '../../src/lib/dev/testing/photos.ts';

/** Words that name a block of metadata, and the marks that the test's own photos carry. */
const NEVER = [
	...['Exif\0', 'http://ns.adobe.com/xap', '<x:xmpmeta', 'Photoshop 3.0', 'tEXt', 'iTXt', 'zTXt', 'eXIf'],
	...Object.values(MARKS)
];

/** A photo as a phone makes it: where it was taken, by which camera, turned, with every kind of block. */
export async function photoWithPosition(): Promise<Buffer> {
	const photo = withIptcAndComment(await phonePhoto('jpeg'));
	const { latitude } = await exifr.gps(photo);
	expect(latitude).toBeLessThan(0); // the reader does find a position where there is one
	return photo;
}

/** The same, as a field for files takes it. */
export const photoFile = async (name: string) => ({
	name,
	mimeType: 'image/jpeg',
	buffer: await photoWithPosition()
});

/** The same, as the API takes it. */
export const photoBytes = async (name = 'loket.jpg') => ({
	name,
	type: 'image/jpeg',
	bytes: await photoWithPosition()
});

/** What a code on a screen says, read from a picture of it as a phone reads it. */
export async function scanned(code: Locator): Promise<string> {
	const picture = sharp(await code.screenshot())
		.ensureAlpha()
		.raw();
	const { data, info } = await picture.toBuffer({ resolveWithObject: true });
	return jsQR(new Uint8ClampedArray(data), info.width, info.height)?.data ?? '';
}

/** Reads the served bytes with a reader of another hand, and looks for the marks themselves. */
export async function expectNoMetadata(bytes: Buffer): Promise<void> {
	const blocks = { tiff: true, exif: true, gps: true, xmp: true, iptc: true, icc: false, jfif: false, ihdr: false };
	const read: unknown = await exifr.parse(bytes, { ...blocks, mergeOutput: true }).catch(() => undefined);
	expect(read ?? {}).toEqual({});
	const text = bytes.toString('latin1');
	expect(NEVER.filter((mark) => text.includes(mark))).toEqual([]);
}
