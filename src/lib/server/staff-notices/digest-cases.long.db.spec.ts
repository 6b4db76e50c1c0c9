import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { siteAddress } from '#lib/server/channels/site-address.ts';
import { inboxCounts } from '#lib/server/cases/inbox/counts.ts';
import { referenceChangeCount, db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { dueFacts, previewDigest, writeDigests } from './digest.ts';
import { waitingDecisions } from './waiting-decisions.ts';
import { makeActor, makeCase, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { markAbsent, onlyEmailTo, giveEmailAddress } from '#lib/dev/testing/notices.ts';
import { atTime, bringTo, nameOfficer, type Office } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
useMailServer();
beforeEach(async () => {
	await db().update(clocks).set({ state: 'stopped' });
});

/** Verified suggestions have their first reply due on the fifth working day. */
async function openedOn(day: string, unit = office.unit, changes: Record<string, unknown> = {}) {
	const { reference } = await atTime(`${day}T02:00:00Z`, () => makeCase(unit, { kind: 'suggestion', ...changes }));
	await atTime(`${day}T03:00:00Z`, () => bringTo(office, reference, 'verified'));
	return reference;
}
const DECEMBER_1 = '2026-12-01T00:00:00Z';

test('lists overdue, due today and due soon by unit, each case once by its earliest deadline', async () => {
	const over = await openedOn('2026-11-20');
	const today = await openedOn('2026-11-24');
	// Its warning is today, on the fourth day.
	const soon = await openedOn('2026-11-25');
	await openedOn('2026-11-26');
	// Its verification is due tomorrow, and the warning is only then.
	const { reference: tomorrow } = await atTime('2026-11-27T02:00:00Z', () =>
		makeCase(office.unit, { kind: 'suggestion' })
	);
	const title = 'Antrean di loket tidak bergerak selama satu jam.';
	const facts = await atTime(DECEMBER_1, () => dueFacts(office.supervisor));
	expect(facts).toEqual([
		{
			name: office.unit.name,
			zone: 'Asia/Makassar',
			groups: {
				overdue: { count: 1, rows: [{ reference: over, title, dueAt: new Date('2026-11-27T08:00:00Z') }] },
				today: { count: 1, rows: [{ reference: today, title, dueAt: new Date('2026-12-01T08:00:00Z') }] },
				soon: {
					count: 2,
					rows: [soon, tomorrow].map((reference) => ({ reference, title, dueAt: new Date('2026-12-02T08:00:00Z') }))
				}
			}
		}
	]);
	expect(await atTime(DECEMBER_1, () => dueFacts(office.rootSupervisor))).toEqual(facts);
	expect(await atTime(DECEMBER_1, () => inboxCounts(office.supervisor))).toMatchObject({ overdue: 1, soon: 3 });
});

test('today is the local day of the office', async () => {
	const east = await makeUnit({ parent: office.root, timeZone: 'Asia/Jayapura' });
	// Made after the new office, so that the roles include it.
	const above = await makeActor([[office.root.id, 'handler', 'supervisor']]);
	Object.assign(office, { handler: above, rootSupervisor: above });
	const reference = await openedOn('2026-11-24', east);
	const groupsAt = async (moment: string) => {
		const [facts] = await atTime(moment, () => dueFacts(office.rootSupervisor));
		return Object.keys(facts?.groups ?? {});
	};
	// Midnight in Jayapura is 15:00 UTC of the day before.
	expect(await groupsAt('2026-11-30T14:59:00Z')).toEqual(['soon']);
	expect(await groupsAt('2026-11-30T15:00:00Z')).toEqual(['today']);
	expect(await groupsAt('2026-12-01T07:00:01Z')).toEqual(['overdue']);
	expect(reference).toContain(east.code);
});

test('lists five cases and counts all, without cases that name the reader', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['supervisor']);
	const references = [];
	for (let n = 0; n < 7; n++) references.push(await openedOn('2026-11-20'));
	const [about = ''] = references;
	await atTime(DECEMBER_1, () => nameOfficer(office.handler, about, officer));
	const listFor = async (actor: Office['supervisor']) =>
		(await atTime(DECEMBER_1, () => dueFacts(actor)))[0]?.groups.overdue;
	expect(await listFor(office.supervisor)).toMatchObject({ count: 7, rows: { length: 5 } });
	expect(await listFor(named)).toMatchObject({ count: 6, rows: { length: 5 } });
	expect((await listFor(named))?.rows.map(({ reference }) => reference)).not.toContain(about);
	// The page of decisions lists the same cases, and the team's absences.
	await atTime(DECEMBER_1, () => markAbsent(office.handler));
	const waiting = await atTime(DECEMBER_1, () => waitingDecisions(named));
	expect(waiting).toMatchObject({
		overdue: { more: true, count: 6, items: { length: 5 } },
		absent: [{ name: office.handler.name }]
	});
	expect(waiting.overdue.items.map(({ reference }) => reference)).not.toContain(about);
});

test('the morning’s digest tells it, in one e-mail per person and day, without a word of the report', async () => {
	const address = await giveEmailAddress(office.supervisor);
	const reference = await openedOn('2026-11-20', office.unit, { body: 'Kursi di ruang tunggu kurang banyak sekali.' });
	await atTime(DECEMBER_1, writeDigests);
	await atTime('2026-12-01T02:00:00Z', writeDigests);
	const mail = await onlyEmailTo(address);
	expect(mail.subject).toBe('1 laporan terlambat (Selasa, 1 Desember 2026)');
	expect(mail.body).toContain(
		`${office.unit.name}\nTerlambat: 1\n- ${reference}: Jumat, 27 November 2026, 16.00 WITA\n${siteAddress()}/desk/cases/${reference}\n`
	);
	expect(mail.body).not.toContain('Kursi');
});

test('the page has the titles of the listed cases that the reader may see and that may be processed', async () => {
	const plain = await openedOn('2026-11-20', office.unit, { title: 'Kursi ruang tunggu' });
	const notProcessed = await openedOn('2026-11-20', office.unit, { title: 'Tidak diproses' });
	const restricted = await openedOn('2026-11-20', office.unit, { title: 'Terbatas' });
	const change = (reference: string, changes: Partial<typeof cases.$inferInsert>) =>
		db().update(cases).set(changes).where(eq(cases.reference, reference));
	await change(notProcessed, { processingRestrictedAt: new Date() });
	await change(restricted, { restricted: true });
	const titlesFor = async (actor: Office['supervisor']) => {
		const { cases: listed } = await atTime(DECEMBER_1, () => previewDigest(actor));
		return listed.map(({ reference, title }) => [reference, title]);
	};
	const ofAll = [
		[plain, 'Kursi ruang tunggu'],
		[notProcessed, null]
	];
	expect(await titlesFor(office.handler)).toEqual(ofAll);
	expect(await titlesFor(office.supervisor)).toEqual([...ofAll, [restricted, 'Terbatas']]);
});

test('writing the digests of all offices does not reload the reference data', async () => {
	await openedOn('2026-11-20');
	const email = await giveEmailAddress(office.supervisor);
	const changes = referenceChangeCount();
	await atTime(DECEMBER_1, writeDigests);
	await onlyEmailTo(email);
	expect(referenceChangeCount()).toBe(changes);
});
