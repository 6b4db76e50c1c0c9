import { expect, it } from 'vitest';
import { receiptFromBytes } from '#lib/text/receipt-format.ts';
import { tellingMessages } from './received.ts';

it('finds a receipt also at the start of a line', () => {
	const receipt = receiptFromBytes(new Uint8Array(10));
	const telling = { text: { body: `Kode rahasia:\n${receipt}` } };
	expect(tellingMessages([telling, { text: { body: 'Ada jawaban.\nBuka halaman lacak.' } }])).toEqual([telling]);
});
