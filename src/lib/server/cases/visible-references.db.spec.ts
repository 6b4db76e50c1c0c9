import { expect, test } from 'vitest';
import { caseTimeline } from '#lib/server/web/api/case-view.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { caseIn, act } from '#lib/dev/testing/office.ts';
import { archiveCase } from './handling/archive.ts';
import { linkCase } from './linking/link.ts';
import { changeNamedOfficers } from './officers/officers-of-case.ts';
import { splitCase } from './handling/split.ts';
import { deskCase } from './view.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';

const office = useOffice();

/** Makes a handler whom the report names, so that it is hidden from them. */
async function namedIn(reference: string): Promise<Actor> {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	await act(changeNamedOfficers, office.handler, reference, { officer: officer.id, action: 'add' });
	return named;
}

test('shows the number of the other report only to people who may see that report', async () => {
	const reporter = { identity: 'named', reporter: { name: 'Andi Contoh', phone: '081234567890' } };
	const suggestion = { kind: 'suggestion', ...reporter };
	const main = await caseIn(office, 'in_progress', suggestion);
	const [linked, repeated, proposed] = [
		await caseIn(office, 'received', suggestion),
		await caseIn(office, 'received', suggestion),
		await caseIn(office, 'received', reporter)
	];
	// The office itself heard the same number in each report.
	await db().update(cases).set({ channel: 'phone' });
	await act(linkCase, office.handler, linked.reference, { main: main.reference });
	for (const { reference } of [repeated, proposed])
		await act(archiveCase, office.handler, reference, { reason: 'duplicate', duplicate_of: main.reference });
	const named = await namedIn(main.reference);

	const shownReferences = async (by: Actor) => ({
		fact: (await deskCase(by, repeated.reference)).duplicateOf,
		draft: (await deskCase(by, proposed.reference)).draft?.duplicateOf?.reference ?? null,
		api: (await caseTimeline(by, linked.reference)).find(({ type }) => type === 'linked')?.data.case
	});
	const { reference } = main;
	expect(await shownReferences(office.handler)).toEqual({ fact: reference, draft: reference, api: reference });
	expect(await shownReferences(named)).toEqual({ fact: null, draft: null, api: undefined });
});

test('a part of a split report shows the number of the other only to people who may see that part', async () => {
	const { reference: whole } = await makeCase(office.unit);
	const matter = { kind: 'suggestion', body: 'Sebaiknya ada kursi tambahan.', submission_id: 'bagian-kedua-laporan' };
	const part = await act(splitCase, office.handler, whole, matter);
	const shownReferences = async (by: Actor, reference: string) => {
		const ofType = ({ type }: { type: string }) => type === 'split' || type === 'opened';
		const [shown, api] = [await deskCase(by, reference), await caseTimeline(by, reference)];
		return [shown.timeline, api].map((entries) => JSON.stringify(entries.filter(ofType)));
	};
	for (const [one, other] of [
		[whole, part],
		[part, whole]
	] as const) {
		for (const text of await shownReferences(office.handler, one)) expect(text).toContain(other);
	}
	const named = await namedIn(part);
	for (const text of await shownReferences(named, whole)) expect(text).not.toContain(part);
});
