import { expect, test, vi } from 'vitest';
import { caseByTypedReceipt } from '#lib/server/cases/find-by-receipt.ts';
import { makeCase, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { cookiesIn, requestTo } from '#lib/dev/testing/request.ts';
import { importRoute } from '#lib/dev/testing/routes.ts';
import { BY_SCRIPT, OTHER_LANGUAGE } from '#lib/ui/form/form-state.ts';
import { placeCookie, startTrack } from '../cookies/citizen-cookies.ts';
import { receiveForTrack } from './track-form.ts';

/** Two reports of which a browser opened the second one last, and a form that the browser sends. */
async function browserWithTwoReports() {
	const unit = await makeUnit();
	const [first, second] = [await makeCase(unit), await makeCase(unit)];
	const jar = new Map<string, string>();
	const send = async (fields: Record<string, string>, headers: Record<string, string> = {}) => {
		const event = requestTo('/lacak/laporan/pesan', { fields, headers, jar });
		const work = vi.fn(async () => {});
		const ended: unknown = await receiveForTrack(event, work).catch((thrown: unknown) => thrown);
		return { ended, work };
	};
	for (const { receipt } of [first, second])
		await startTrack(requestTo('/', { jar }), await caseByTypedReceipt(receipt ?? ''));
	return { first, second, send };
}

test('a form goes to the report of its page, not to one that another window opened since', async () => {
	const { first, second, send } = await browserWithTwoReports();
	const body = 'Nomor antreannya A12.';

	const other = await send({ report: first.reference, body });
	expect(other.work).not.toHaveBeenCalled();
	expect(other.ended).toMatchObject({ status: 403, body: { unsent: body } });
	const byScript = await send({ report: first.reference, body }, { [BY_SCRIPT]: '1' });
	expect(byScript.ended).toMatchObject({ status: 303, location: '/lacak?habis=lain' });

	const inEnglish = await send({ report: second.reference, body, [OTHER_LANGUAGE]: '' });
	expect(inEnglish.work).not.toHaveBeenCalled();
	expect(inEnglish.ended).toMatchObject({ issues: [], typed: { body } });

	const own = await send({ report: second.reference, body });
	expect(own.work).toHaveBeenCalledWith(expect.any(Number), expect.objectContaining({ data: { body } }));
	const unnamed = await send({ body });
	expect(unnamed.work).toHaveBeenCalledOnce();
});

test('the answer to a question on the report’s page keeps its text on its own page when the language changes', async () => {
	const page = await importRoute<{ load: (event: object) => Promise<object> }>(
		'(citizen)/lacak/laporan/+page.server.ts'
	);
	const load = (question: string | null) => page?.load({ ...(requestTo('/') as object), parent: () => ({ question }) });
	expect(await load('Hari apa?')).toMatchObject({ formId: 'isian', formPage: '/lacak/laporan/pesan' });
	expect(await load(null)).not.toHaveProperty('formId');
});

test('the page that asks for the receipt again has the contacts of the office whose code was scanned', async () => {
	const unit = await makeUnit();
	const { code } = await makePlace(unit.id);
	const jar = new Map<string, string>();
	await placeCookie.write(cookiesIn(jar), { code });
	const layout = await importRoute<{ load: (event: unknown) => Promise<unknown> }>(
		'(citizen)/lacak/laporan/+layout.server.ts'
	);
	const location = `/lacak?habis&kantor=${unit.slug}`;
	await expect(layout?.load(requestTo('/', { jar }))).rejects.toMatchObject({ location });
	const send = receiveForTrack(requestTo('/', { fields: {}, jar }), () => Promise.resolve());
	await expect(send).rejects.toMatchObject({ location: `/lacak?habis=kirim&kantor=${unit.slug}` });
});

interface StartPage {
	actions: { default: (event: unknown) => Promise<unknown> };
}

test('a receipt typed into the field for the code of a sheet opens the report, and no address contains it', async () => {
	const receipt = (await makeCase(await makeUnit())).receipt ?? '';
	const start = await importRoute<StartPage>('(citizen)/+page.server.ts');
	const type = async (code: string) => {
		const cookies = { set: vi.fn(), get: () => undefined };
		const locals = { lang: 'id', actor: null, isPrivate: false };
		const event = requestTo('/', { cookies, locals, fields: { code } });
		const ended = await start?.actions.default(event).catch((thrown: unknown) => thrown);
		return { ended, cookies, locals };
	};
	const opened = await type(receipt.toLowerCase().replaceAll('-', ' '));
	expect(opened.ended).toMatchObject({ status: 303, location: '/lacak/laporan' });
	// The report that is open, and that the browser forgets the page with the typed receipt.
	expect(opened.cookies.set.mock.calls.map(([name]: string[]) => name)).toEqual([expect.any(String), 'lupakan']);

	const mistyped = await type(receipt.slice(0, -1));
	expect(mistyped.ended).toMatchObject({ data: { issues: [{ path: 'code', code: 'place_code_shape' }] } });
	expect(mistyped.cookies.set).not.toHaveBeenCalled();
	expect(mistyped.locals.isPrivate).toBe(true);
	const unknown = await type('0000-0000-0000-0000-0');
	expect(unknown.ended).toMatchObject({ data: { issues: [{ path: 'code', code: 'receipt_unknown' }] } });
	expect((await type('mmj ktk')).ended).toMatchObject({ status: 303, location: '/q/MMJKTK' });
});
