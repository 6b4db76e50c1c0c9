import { expect, test } from 'vitest';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { bringTo, caseIn } from '#lib/dev/testing/office.ts';
import { addressOf, requestTo } from '#lib/dev/testing/request.ts';
import { importRoute } from '#lib/dev/testing/routes.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { workAfter } from '#lib/server/cases/inbox/next-work.ts';
import { chooseAfterAction } from '#lib/server/people/next-work-choice.ts';
import { pageAfter } from './page-after.ts';

const office = useOffice();

test('after an action the desk opens the next piece of work, the list or the same case, as the person chose', async () => {
	const { reference } = await caseIn(office, 'verified');
	const { reference: other } = await caseIn(office, 'verified');
	const after = async (choice: string) => {
		await chooseAfterAction(office.handler, choice);
		return pageAfter(office.handler, reference, 'verified');
	};
	expect(await after('list')).toBe(`/desk?done=verified&of=${reference}&left=1`);
	expect(await after('case')).toBe(`/desk/cases/${reference}/answer?done=verified&left=1`);
	expect(await after('unknown')).toBe(`/desk/cases/${reference}/answer?done=verified&left=1`);
	expect(await after('next')).toBe(`/desk/cases/${other}?done=verified&of=${reference}&left=1`);
});

test('after a verification only the reports to verify are counted, until there are none', async () => {
	const { reference: handled } = await caseIn(office, 'verified');
	const { reference: unverified } = await caseIn(office, 'received');
	const after = (reference: string) => pageAfter(office.handler, reference, 'verified');
	await caseIn(office, 'in_progress');
	expect(await after(handled)).toBe(`/desk/cases/${unverified}?done=verified&of=${handled}&left=1&work=unverified`);
	// Also for who chooses only now to go on.
	const { POST } = (await importRoute<{ POST: (event: unknown) => Promise<unknown> }>('(staff)/desk/next/+server.ts'))!;
	const fields = { opens: 'next', work: 'unverified', of: handled };
	const chosen = await addressOf(POST(requestTo('/desk/next', { actor: office.handler, fields })));
	expect(chosen).toBe(await after(handled));
	await bringTo(office, unverified, 'verified');
	expect(await after(unverified)).toMatch(/&left=2$/);
});

test('goes on in the list from which the person came, and says when nothing else of it waits', async () => {
	const { reference: handled } = await caseIn(office, 'in_progress');
	const { reference: inList } = await caseIn(office, 'verified');
	const { reference: urgent } = await caseIn(office, 'in_progress');
	const after = (list: string | null) => pageAfter(office.handler, handled, 'answered', list);
	const rest = `done=answered&of=${handled}`;
	expect(await after('status=verified')).toBe(`/desk/cases/${inList}?${rest}&left=1&work=list`);
	for (const list of ['status=received', 'status=closed', 'objection=1']) {
		expect(await after(list), list).toBe(`/desk?${rest}&left=0&work=list`);
	}
	// The inbox itself, another page of it and a search are no narrower list.
	const [first] = await workAfter(office.handler, handled);
	expect([urgent, inList]).toContain(first);
	for (const list of [null, '', 'after=a%7E1', 'q=kursi&status=closed']) {
		expect(await after(list), String(list)).toBe(`/desk/cases/${first}?${rest}&left=2`);
	}
});

test('after the only waiting report was verified, the desk opens the form of its answer', async () => {
	const unit = await makeUnit();
	const alone = await makeActor([[unit.id, 'handler']]);
	const { reference } = await makeCase(unit);
	expect(await pageAfter(alone, reference, 'verified')).toBe(`/desk/cases/${reference}/answer?done=verified&left=0`);
	expect(await pageAfter(alone, reference, 'answered')).toBe(`/desk?done=answered&of=${reference}&left=0`);
});

test('after a decision further drafts are counted, and a report that is hidden by then is named to its kept text', async () => {
	const { reference } = await caseIn(office, 'received');
	await chooseAfterAction(office.supervisor, 'case');
	const stays = await pageAfter(office.supervisor, reference, 'approved');
	expect(stays).toBe(`/desk/cases/${reference}?done=approved&left=0`);
	const stranger = await makeActor([[(await makeUnit()).id, 'handler']]);
	expect(await pageAfter(stranger, reference, 'linked')).toBe(`/desk?gone=${reference}`);
});
