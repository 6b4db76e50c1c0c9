import { expect, it } from 'vitest';
import { pictureScale } from './picture-scale.ts';

const sizeOf = (width: number, height: number) => {
	const scale = pictureScale(width, height);
	return [Math.round(width * scale), Math.round(height * scale)];
};

it('reduces a photo to 2048 pixels', () => {
	expect(sizeOf(4000, 3000)).toEqual([2048, 1536]);
	expect(sizeOf(2250, 4000)).toEqual([1152, 2048]);
	expect(sizeOf(800, 600)).toEqual([800, 600]);
});

it('keeps the words of a long screenshot readable', () => {
	expect(sizeOf(1080, 2400)).toEqual([1080, 2400]);
	expect(sizeOf(1080, 10_800)).toEqual([1080, 10_800]);
	expect(sizeOf(1440, 20_000)).toEqual([930, 12_910]);
	expect(sizeOf(10_800, 1080)).toEqual([10_800, 1080]);
});

it('never makes a picture that a browser or a decoder can’t draw', () => {
	expect(sizeOf(100, 400_000)).toEqual([4, 16_000]);
	expect(sizeOf(6000, 6000)).toEqual([2048, 2048]);
});
