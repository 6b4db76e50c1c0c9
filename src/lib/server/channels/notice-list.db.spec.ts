import { describe, expect, it } from 'vitest';
import { deleteOldNotices, listNotices, readNotice, readNotices } from './notice-list.ts';
import { notify, type NewNotice } from './notices.ts';
import { transaction } from '#lib/server/db/index.ts';
import { systemActor, type Actor } from '#lib/server/people/actor.ts';
import { makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { countUnread, onlyEmailTo, switchOff, giveEmailAddress } from '#lib/dev/testing/notices.ts';
import { atTime, nameOfficer, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
useMailServer();

let occasion = 0;
const notice = (changes: Partial<NewNotice> = {}): NewNotice => ({
	kind: 'assigned',
	occasion: ++occasion,
	at: new Date('2026-11-24T02:00:00Z'),
	page: '/desk',
	...changes
});
const notifyPeople = (people: readonly Actor[], newNotice: NewNotice) => {
	const ids = people.map(({ accountId }) => accountId ?? '');
	return transaction((tx) => notify(tx, ids, newNotice));
};
const on = (minute: number) => new Date(Date.UTC(2026, 10, 24, 2, minute));
const listed = async (actor: Actor) => (await listNotices(actor)).items;

/** The newest notice of each case, followed by the earlier ones. */
const everyNotice = async (actor: Actor) => (await listed(actor)).flatMap((item) => [item, ...item.earlier]);

describe('notifying', () => {
	it('notifies each person once of an occasion, at the desk and by e-mail', async () => {
		const address = await giveEmailAddress(office.handler);
		const given = notice();
		expect(await notifyPeople([office.handler, office.supervisor], given)).toBe(2);
		expect(await notifyPeople([office.handler, office.rootSupervisor], given)).toBe(1);
		expect(await listed(office.handler)).toHaveLength(1);
		expect(await onlyEmailTo(address)).toMatchObject({ kind: 'notice', subject: 'Laporan ditugaskan kepada Anda' });
	});

	it('does not notify switched-off accounts, and writes nothing if the transaction fails', async () => {
		await switchOff(office.handler);
		expect(await notifyPeople([office.handler], notice())).toBe(0);
		const failing = transaction(async (tx) => {
			await notify(tx, [office.supervisor.accountId ?? ''], notice());
			throw new Error('undone');
		});
		await expect(failing).rejects.toThrow('undone');
		expect(await listed(office.supervisor)).toEqual([]);
	});
});

describe('the list', () => {
	it('shows the newest first and pages through all notices', async () => {
		for (let minute = 0; minute < 35; minute++) {
			// Some notices have the same time.
			const at = new Date(Date.UTC(2026, 10, 24, 2, minute - (minute % 3)));
			await notifyPeople([office.handler], notice({ at, data: { minute } }));
		}
		const first = await listNotices(office.handler);
		const second = await listNotices(office.handler, first.nextCursor ?? '');
		expect([first.items.length, second.items.length, second.nextCursor]).toEqual([20, 15, null]);
		const all = [...first.items, ...second.items];
		expect(new Set(all.map(({ id }) => id)).size).toBe(35);
		expect(all.map(({ at }) => at.getTime())).toEqual(all.map(({ at }) => at.getTime()).toSorted((a, b) => b - a));
		expect((await listNotices(office.handler, 'nonsense')).items).toHaveLength(20);
	});

	it('shows only the person’s own notices', async () => {
		await notifyPeople([office.handler], notice());
		const [mine] = await listed(office.handler);
		await expect(readNotice(office.supervisor, mine?.id ?? '')).rejects.toMatchObject({ name: 'NotFound' });
		await expect(readNotice(office.handler, 'x')).rejects.toMatchObject({ name: 'NotFound' });
		expect(await listed(await systemActor(['cases:read']))).toEqual([]);
		expect(await countUnread(office.handler)).toBe(1);
	});

	it('hides notices about a case that the person may no longer see', async () => {
		const [officer, second] = await makeOfficerWithAccount(office.unit.id);
		const { reference } = await makeCase(office.unit);
		const { id } = await readCase(reference);
		await notifyPeople([second, office.handler], notice({ caseId: id }));
		const [seen] = await listed(second);
		expect(seen?.case).toMatchObject({ reference, status: 'received' });
		await nameOfficer(office.handler, reference, officer);
		expect(await listed(second)).toEqual([]);
		expect(await countUnread(second)).toBe(0);
		await expect(readNotice(second, seen?.id ?? '')).rejects.toMatchObject({ name: 'NotFound' });
		expect(await countUnread(office.handler)).toBe(1);
	});

	it('returns the page of a notice and marks it as read once', async () => {
		await notifyPeople([office.handler], notice({ page: '/admin/calendar/2028' }));
		const [{ id = '' } = {}] = await listed(office.handler);
		expect(await atTime('2026-11-25T00:00:00Z', () => readNotice(office.handler, id))).toBe('/admin/calendar/2028');
		await atTime('2026-11-26T00:00:00Z', () => readNotice(office.handler, id));
		const times = (await everyNotice(office.handler)).map(({ readAt }) => readAt?.toISOString());
		expect(new Set(times)).toEqual(new Set(['2026-11-25T00:00:00.000Z']));
	});

	it('groups notices by case, with the newest case first, and marks those of one case as read', async () => {
		const title = 'Kursi di ruang tunggu';
		const ids = [];
		for (const minute of [1, 2]) {
			const { reference } = await makeCase(office.unit, { title });
			ids.push((await readCase(reference)).id);
			await notifyPeople([office.handler, office.supervisor], notice({ caseId: ids.at(-1), at: on(minute) }));
		}
		await notifyPeople([office.handler], notice({ at: on(3) }));
		await notifyPeople([office.handler], notice({ caseId: ids[0], kind: 'message', at: on(4) }));
		const items = await listed(office.handler);
		expect(items.map(({ kind, earlier }) => [kind, ...earlier.map((one) => one.kind)])).toEqual([
			['message', 'assigned'],
			['assigned'],
			['assigned']
		]);
		expect(items.map((item) => item.case?.title)).toEqual([title, undefined, title]);
		const [{ id = '' } = {}] = items;
		await readNotices(office.supervisor, on(5), id);
		await readNotices(office.handler, on(5), 'x');
		expect(await countUnread(office.handler)).toBe(4);
		await readNotices(office.handler, on(3), id);
		expect(await countUnread(office.handler)).toBe(3);
		await readNotices(office.handler, on(5), id);
		expect(await countUnread(office.handler)).toBe(2);
	});

	it('marks all as read, except notices that arrived after the page was opened', async () => {
		await notifyPeople([office.handler, office.supervisor], notice());
		await notifyPeople([office.handler], notice({ at: new Date('2026-11-24T03:00:00Z') }));
		await readNotices(office.handler, new Date('2026-11-24T02:30:00Z'));
		expect(await countUnread(office.handler)).toBe(1);
		expect(await countUnread(office.supervisor)).toBe(1);
	});

	it('keeps unread notices for a year and read ones for 90 days', async () => {
		await notifyPeople([office.handler], notice());
		await notifyPeople([office.handler], notice());
		const [first] = await listed(office.handler);
		await readNotice(office.handler, first?.id ?? '');
		const remaining = async (moment: string) => {
			await atTime(moment, deleteOldNotices);
			return (await listed(office.handler)).length;
		};
		expect(await remaining('2027-02-20T00:00:00Z')).toBe(2);
		expect(await remaining('2027-02-24T00:00:00Z')).toBe(1);
		expect(await remaining('2027-11-25T00:00:00Z')).toBe(0);
	});
});
