import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeActor, makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { at, standing } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { namedInCase } from '#lib/server/cases/officers/named.ts';
import { db } from '#lib/server/db/index.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { decideRequest } from './decide.ts';
import { requestByReporter } from './receive.ts';
import { listRequests, requestsAbout, type RequestFilter } from './register.ts';

const office = useOffice();

test('lists waiting requests by deadline and decided ones by the latest decision, over several pages', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const asked: string[] = [];
	for (const day of [23, 24, 25]) {
		const { reference } = await makeCase(office.unit);
		const { id: caseId } = await standing(reference);
		await at(`2026-11-${day}T02:00:00Z`, () =>
			requestByReporter(caseId, { kind: 'access', submission_id: randomUUID() })
		);
		asked.push((await requestsAbout({ caseId }))[0]?.id ?? '');
	}
	const [first = '', second = '', third = ''] = asked;
	const listed = async (list: RequestFilter['list']) => {
		const ids: string[] = [];
		for (let cursor: string | undefined; ;) {
			const page = await listRequests(admin, { list }, cursor, 1);
			ids.push(...page.items.map(({ id }) => id));
			if (page.nextCursor === null) return ids;
			cursor = page.nextCursor;
		}
	};
	expect(await listed('waiting')).toEqual([first, second, third]);
	// The earliest request is decided between the two others.
	for (const [id, hour] of [
		[third, 3],
		[first, 4],
		[second, 5]
	] as const)
		await at(`2026-11-25T0${hour}:00:00Z`, () => decideRequest(admin, id, { decision: 'grant', version: 1 }));
	expect(await listed('granted')).toEqual([second, first, third]);
	expect(await listed('waiting')).toEqual([]);
});

test('an administrator whom the words of a request name sees neither the request nor a notice of it', async () => {
	const [, named] = await makeOfficerWithAccount(office.unit.id, ['admin'], 'Rahmawati Tandipau');
	const { reference } = await makeCase(office.unit);
	const { id: caseId } = await standing(reference);
	const words = 'Jangan biarkan Ibu Rahmawati memakai data saya.';
	await requestByReporter(caseId, { kind: 'restriction', words, submission_id: randomUUID() });
	expect(await namedInCase(caseId)).toMatchObject([{ name: 'Rahmawati Tandipau', state: 'proposed' }]);
	expect((await listRequests(named, { list: 'waiting' })).items).toEqual([]);
	const told = await db().select({ accountId: notices.accountId }).from(notices);
	expect(told.map(({ accountId }) => accountId)).not.toContain(named.accountId);
});
