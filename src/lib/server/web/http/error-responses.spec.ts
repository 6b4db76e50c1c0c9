import { expect, it, vi } from 'vitest';
import { NotFound } from '#lib/server/errors.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { log } from '#lib/server/log.ts';
import { outcomeWords } from './error-responses.ts';

it('an unexpected error of one picked case leaves the outcomes of the others, and its code is in the log', () => {
	const logged = vi.spyOn(log(), 'error').mockImplementation(() => {});
	const refused = [null, new Error('boom'), new NotFound()];
	const outcomes = inLocale('id', () => refused.map((cause) => outcomeWords({ reference: 'A', refused: cause })));
	const [{ code }] = logged.mock.calls[0] as unknown as [{ code: string }];
	logged.mockRestore();
	expect(outcomes.map((one) => one.refused)).toEqual([
		null,
		`Terjadi gangguan di situs ini. Silakan coba lagi sebentar lagi. (${code})`,
		'Halaman atau laporan ini tidak ada, atau bukan untuk Anda.'
	]);
});
