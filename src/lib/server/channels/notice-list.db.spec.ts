import { describe, expect, it } from 'vitest';
import { countUnread, forgetOldNotices, listNotices, readAllNotices, readNotice } from './notice-list.ts';
import { notify, type NewNotice } from './notices.ts';
import { transaction } from '#lib/server/db/index.ts';
import { systemActor, type Actor } from '#lib/server/people/actor.ts';
import { makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/mail.ts';
import { onlyLetterTo, switchOff, withAddress } from '#lib/dev/testing/notices.ts';
import { at, nameOfficer, standing } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
useMailServer();

const LETTER = { subject: 'Perihal', lines: ['Baris'], page: '/desk', english: 'something.' };
let occasion = 0;
const notice = (changes: Partial<NewNotice> = {}): NewNotice => ({
	kind: 'assigned',
	onceKey: `uji:${++occasion}`,
	caseId: null,
	at: new Date('2026-11-24T02:00:00Z'),
	data: {},
	letter: LETTER,
	...changes
});
const told = (people: readonly Actor[], given: NewNotice) => {
	const ids = people.map(({ accountId }) => accountId ?? '');
	return transaction((tx) => notify(tx, ids, given));
};
const listed = async (actor: Actor) => (await listNotices(actor)).items;

describe('telling', () => {
	it('tells each person once of an occasion, at the desk and by letter', async () => {
		const address = await withAddress(office.handler);
		const given = notice();
		expect(await told([office.handler, office.supervisor], given)).toBe(2);
		expect(await told([office.handler, office.rootSupervisor], given)).toBe(1);
		expect(await listed(office.handler)).toHaveLength(1);
		expect(await onlyLetterTo(address)).toMatchObject({ kind: 'notice', subject: 'Perihal' });
	});

	it('tells nobody who is switched off, and nothing where its transaction fails', async () => {
		await switchOff(office.handler);
		expect(await told([office.handler], notice())).toBe(0);
		const failing = transaction(async (tx) => {
			await notify(tx, [office.supervisor.accountId ?? ''], notice());
			throw new Error('undone');
		});
		await expect(failing).rejects.toThrow('undone');
		expect(await listed(office.supervisor)).toEqual([]);
	});
});

describe('the list', () => {
	it('shows the newest first, in pages that miss and repeat nothing', async () => {
		for (let minute = 0; minute < 35; minute++) {
			// Several of one moment, too.
			const at = new Date(Date.UTC(2026, 10, 24, 2, minute - (minute % 3)));
			await told([office.handler], notice({ at, data: { minute } }));
		}
		const first = await listNotices(office.handler);
		const second = await listNotices(office.handler, first.nextCursor ?? '');
		expect([first.items.length, second.items.length, second.nextCursor]).toEqual([30, 5, null]);
		const all = [...first.items, ...second.items];
		expect(new Set(all.map(({ id }) => id)).size).toBe(35);
		expect(all.map(({ at }) => at.getTime())).toEqual(all.map(({ at }) => at.getTime()).toSorted((a, b) => b - a));
		expect((await listNotices(office.handler, 'nonsense')).items).toHaveLength(30);
	});

	it('is a person’s own', async () => {
		await told([office.handler], notice());
		const [mine] = await listed(office.handler);
		await expect(readNotice(office.supervisor, mine?.id ?? '')).rejects.toMatchObject({ name: 'NotFound' });
		await expect(readNotice(office.handler, 'x')).rejects.toMatchObject({ name: 'NotFound' });
		expect(await listed(await systemActor(['cases:read']))).toEqual([]);
		expect(await countUnread(office.handler)).toBe(1);
	});

	it('forgets what speaks of a case the person sees no longer', async () => {
		const [officer, second] = await makeOfficerWithAccount(office.unit.id);
		const { reference } = await makeCase(office.unit);
		const { id } = await standing(reference);
		await told([second, office.handler], notice({ caseId: id }));
		const [seen] = await listed(second);
		expect(seen?.case).toMatchObject({ reference, status: 'received' });
		await nameOfficer(office.handler, reference, officer);
		expect(await listed(second)).toEqual([]);
		expect(await countUnread(second)).toBe(0);
		await expect(readNotice(second, seen?.id ?? '')).rejects.toMatchObject({ name: 'NotFound' });
		expect(await countUnread(office.handler)).toBe(1);
	});

	it('leads to the page a notice speaks of, and marks it as read once', async () => {
		const { reference } = await makeCase(office.unit);
		const { id: caseId } = await standing(reference);
		const pages = [];
		for (const given of [
			notice({ caseId }),
			notice({ caseId, kind: 'approval_wanted' }),
			notice({ kind: 'decree_missing', data: { year: 2028 } })
		]) {
			await told([office.handler], given);
			const [latest] = (await listed(office.handler)).filter(({ readAt }) => !readAt);
			pages.push(await at('2026-11-25T00:00:00Z', () => readNotice(office.handler, latest?.id ?? '')));
			await at('2026-11-26T00:00:00Z', () => readNotice(office.handler, latest?.id ?? ''));
		}
		expect(pages).toEqual([`/desk/cases/${reference}`, `/desk/cases/${reference}/approval`, '/admin/calendar/2028']);
		const times = (await listed(office.handler)).map(({ readAt }) => readAt?.toISOString());
		expect(new Set(times)).toEqual(new Set(['2026-11-25T00:00:00.000Z']));
	});

	it('is all read at once, but for what came after the page was opened', async () => {
		await told([office.handler, office.supervisor], notice());
		await told([office.handler], notice({ at: new Date('2026-11-24T03:00:00Z') }));
		await readAllNotices(office.handler, new Date('2026-11-24T02:30:00Z'));
		expect(await countUnread(office.handler)).toBe(1);
		expect(await countUnread(office.supervisor)).toBe(1);
	});

	it('keeps what is unread for a year and what was read for ninety days', async () => {
		await told([office.handler], notice());
		await told([office.handler], notice());
		const [first] = await listed(office.handler);
		await readNotice(office.handler, first?.id ?? '');
		const left = async (moment: string) => {
			await at(moment, forgetOldNotices);
			return (await listed(office.handler)).length;
		};
		expect(await left('2027-02-20T00:00:00Z')).toBe(2);
		expect(await left('2027-02-24T00:00:00Z')).toBe(1);
		expect(await left('2027-11-25T00:00:00Z')).toBe(0);
	});
});
