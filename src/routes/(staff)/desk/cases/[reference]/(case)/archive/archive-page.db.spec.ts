import { expect, test } from 'vitest';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { readCase } from '#lib/dev/testing/office.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { actions } from './+page.server.ts';

const office = useOffice();
const reporter = { identity: 'named', reporter: { name: 'Andi Contoh', phone: '081234567890' } };

/** Sends the form of the page. */
async function send(reference: string, typed: Record<string, string>): Promise<unknown> {
	const { version } = await readCase(reference);
	const fields = { reason: 'duplicate', note: 'Sudah kami terima.', ...typed, version: String(version) };
	return actions.default(requestTo('/', { actor: office.handler, params: { reference }, fields }));
}

test('the original of a duplicate is shown before the report is archived', async () => {
	const body = 'Kursi tunggu di ruang layanan sudah rusak dua.';
	// The office heard the number in each report.
	const open = (changes = {}) =>
		makeCase(office.unit, { kind: 'suggestion', ...reporter, ...changes }, { channel: 'phone' });
	const [first, other, again] = [await open({ body }), await open(), await open()];
	const digits = String(Number(first.reference.slice(-6)));
	const shown = {
		issues: [],
		typed: { duplicate_of: first.reference, note: 'Sudah kami terima.' },
		original: { reference: first.reference, status: 'received', body }
	};
	expect(await send(again.reference, { duplicate_of: digits })).toMatchObject(shown);
	// Another report was shown, before the number was changed.
	expect(await send(again.reference, { duplicate_of: digits, seen: other.reference })).toMatchObject(shown);
	expect((await readCase(again.reference)).status).toBe('received');

	const confirmed = send(again.reference, { duplicate_of: first.reference, seen: first.reference });
	await expect(confirmed).rejects.toMatchObject({ status: 303 });
	expect(await readCase(again.reference)).toMatchObject({
		status: 'archived',
		mainCaseId: (await readCase(first.reference)).id
	});
});

test('a report of another person is refused at once as the original of a duplicate', async () => {
	const { reference } = await makeCase(office.unit, reporter);
	const other = await makeCase(office.unit);
	expect(await send(reference, { duplicate_of: other.reference })).toMatchObject({
		status: 422,
		data: { issues: [{ path: 'duplicate_of', code: 'duplicate_other_reporter' }] }
	});
});
