import jsQR from 'jsqr';
import { expect, test } from 'vitest';
import { qrPath } from './qr-path.ts';

test('another program reads the text back from the path', () => {
	const { side, d } = qrPath('B9VK-3JC6-PW9A-JASE-T');
	const scale = 4;
	const width = side * scale;
	const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
	for (const [, x = '', y = ''] of d.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
		for (let i = 0; i < scale * scale; i++) {
			const column = Number(x) * scale + (i % scale);
			const row = Number(y) * scale + Math.floor(i / scale);
			pixels.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
		}
	}
	expect(jsQR(pixels, width, width)?.data).toBe('B9VK-3JC6-PW9A-JASE-T');
});
