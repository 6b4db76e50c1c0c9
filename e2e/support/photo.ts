import { expect } from '@playwright/test';
import exifr from 'exifr';
import { MARKS, phonePhoto, withIptcAndComment } from '../../src/lib/dev/testing/photos.ts';

/** Words that name a block of metadata, and the marks that the test's own photos carry. */
const NEVER = [
	'Exif\0',
	'http://ns.adobe.com/xap',
	'<x:xmpmeta',
	'Photoshop 3.0',
	'tEXt',
	'iTXt',
	'zTXt',
	'eXIf',
	...Object.values(MARKS)
];

/** A photo as a phone makes it: where it was taken, by which camera, turned, with every kind of block. */
export async function photoWithPosition(): Promise<Buffer> {
	const photo = withIptcAndComment(await phonePhoto('jpeg'));
	const { latitude } = await exifr.gps(photo);
	expect(latitude).toBeLessThan(0); // the reader does find a position where there is one
	return photo;
}

/** Reads the served bytes with a reader of another hand, and looks for the marks themselves. */
export async function expectNoMetadata(bytes: Buffer): Promise<void> {
	const blocks = { tiff: true, exif: true, gps: true, xmp: true, iptc: true, icc: false, jfif: false, ihdr: false };
	const read: unknown = await exifr.parse(bytes, { ...blocks, mergeOutput: true }).catch(() => undefined);
	expect(read ?? {}).toEqual({});
	const text = bytes.toString('latin1');
	expect(NEVER.filter((mark) => text.includes(mark))).toEqual([]);
}
