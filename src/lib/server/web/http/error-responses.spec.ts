import { tmpdir } from 'node:os';
import type { RequestEvent } from '@sveltejs/kit';
import { beforeAll, expect, it, vi } from 'vitest';
import { testEnvironment } from '#lib/dev/testing/environment.ts';
import { NotFound } from '#lib/server/errors.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { log } from '#lib/server/log.ts';
import { BY_SCRIPT } from '#lib/ui/form/form-state.ts';
import { withRefusalMessage, refuseUnidentified } from './error-responses.ts';

beforeAll(() => testEnvironment(tmpdir()));

it('an unexpected error of one picked case leaves the outcomes of the others, and its code is in the log', () => {
	const logged = vi.spyOn(log(), 'error').mockImplementation(() => {});
	const refused = [null, new Error('boom'), new NotFound()];
	const outcomes = inLocale('id', () =>
		refused.map((cause) => withRefusalMessage({ reference: 'A', refused: cause, drafted: false }))
	);
	const [{ code }] = logged.mock.calls[0] as unknown as [{ code: string }];
	logged.mockRestore();
	expect(outcomes.map((one) => one.refused)).toEqual([
		null,
		`Terjadi gangguan di situs ini. Silakan coba lagi sebentar lagi. (${code})`,
		'Halaman atau laporan ini tidak ada, atau bukan untuk Anda.'
	]);
});

it('a form whose sender could not be identified is reloaded, which sends it again, unless a script keeps it open', () => {
	const refusalOf = (method: string, headers: Record<string, string> = {}): unknown => {
		const request = new Request('http://localhost/desk/new', { method, headers });
		try {
			return inLocale('en', () => refuseUnidentified({ request, route: { id: '/(staff)/desk/new' } } as RequestEvent));
		} catch (refusal) {
			return refusal;
		}
	};
	expect(refusalOf('POST')).toMatchObject({
		status: 503,
		body: { message: expect.stringContaining('reload it to send your form again') as string }
	});
	for (const kept of [refusalOf('GET'), refusalOf('POST', { [BY_SCRIPT]: '1' })])
		expect(kept).toMatchObject({
			status: 503,
			body: { message: expect.stringContaining('what you wrote is not lost') as string }
		});
});
