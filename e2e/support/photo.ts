import { expect, type Locator } from '@playwright/test';
import exifr from 'exifr';
import jsQR from 'jsqr';
import sharp from 'sharp';
import { MARKS, phonePhoto, withIptcAndComment } from '../../src/lib/dev/testing/photos.ts';

/** Names of metadata blocks, and the marks that the test's own photos contain. */
const NEVER = [
	...['Exif\0', 'http://ns.adobe.com/xap', '<x:xmpmeta', 'Photoshop 3.0', 'tEXt', 'iTXt', 'zTXt', 'eXIf'],
	...Object.values(MARKS)
];

/** A photo as a phone makes it: with position, camera, rotation and every kind of metadata block. */
export async function photoWithPosition(): Promise<Buffer> {
	const photo = withIptcAndComment(await phonePhoto('jpeg'));
	const { latitude } = await exifr.gps(photo);
	expect(latitude).toBeLessThan(0); // the reader finds the position in the original
	return photo;
}

/** The same photo for a file field. */
export const photoFile = async (name: string) => ({
	name,
	mimeType: 'image/jpeg',
	buffer: await photoWithPosition()
});

/** The same photo for the API. */
export const photoBytes = async (name = 'loket.jpg') => ({
	name,
	type: 'image/jpeg',
	bytes: await photoWithPosition()
});

/** Reads a QR code from a picture of the screen, as a phone does. */
export async function scanned(code: Locator): Promise<string> {
	const picture = sharp(await code.screenshot())
		.ensureAlpha()
		.raw();
	const { data, info } = await picture.toBuffer({ resolveWithObject: true });
	return jsQR(new Uint8ClampedArray(data), info.width, info.height)?.data ?? '';
}

/** Checks the served bytes with an independent reader, and searches them for the marks. */
export async function expectNoMetadata(bytes: Buffer): Promise<void> {
	const blocks = { tiff: true, exif: true, gps: true, xmp: true, iptc: true, icc: false, jfif: false, ihdr: false };
	const read: unknown = await exifr.parse(bytes, { ...blocks, mergeOutput: true }).catch(() => undefined);
	expect(read ?? {}).toEqual({});
	const text = bytes.toString('latin1');
	expect(NEVER.filter((mark) => text.includes(mark))).toEqual([]);
}
