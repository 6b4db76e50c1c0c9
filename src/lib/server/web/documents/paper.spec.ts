import { expect, test } from 'vitest';
import { facts, makePdf } from './paper.ts';

test('the next fact follows at once on the page on which a long detail ends', async () => {
	let end = 0;
	await makePdf({ margin: 48, lang: 'id', title: 'Data saya', office: { name: 'BPS' } }, (pdf) => {
		pdf.y = 700;
		facts(pdf, [['Komentar', 'Antreannya lama. '.repeat(100)]]);
		end = pdf.y;
	});
	expect(end).toBeLessThan(400);
});
