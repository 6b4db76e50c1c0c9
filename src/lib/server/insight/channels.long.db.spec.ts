import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { differenceOf } from '#lib/recap/difference.ts';
import { recapTables } from '#lib/recap/tables.ts';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import {
	dismissConversation,
	joinCase,
	referConversation,
	restoreConversation
} from '#lib/server/channels/incoming/decide.ts';
import { openFromConversation } from '#lib/server/channels/incoming/open-from-conversation.ts';
import type { ConnectionRow } from '#lib/server/channels/connections/connections.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import { recaps } from '#lib/server/db/schema/recap.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { readUnitsAndRatings, recapFigures } from '#lib/server/recap/figures.ts';
import { fileRecap } from '#lib/server/recap/filings.ts';
import { recapView } from '#lib/server/recap/view.ts';
import { makeActor, makeCase, makeOfficer } from '#lib/dev/testing/factories.ts';
import { makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { atTime, bringTo, nameOfficer } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { caseBoard } from './board.ts';

const office = useOffice();
const MARCH = { from: '2026-03-01', to: '2026-03-31' };
let officer: { id: string };
let mailbox: ConnectionRow;

beforeEach(async () => {
	await ensureDefaults(db());
	officer = await makeOfficer(office.unit.id);
	mailbox = await makeConnection(office.unit);
});

let senders = 0;
const write = async () =>
	(await receive(mailbox, `warga${++senders}@contoh.example`, 'Antrean di loket dua lambat sekali.')).conversationId;
const open = async (input: object = {}) => openFromConversation(await write(), input, office.handler);
const change = async (id: number, changes: Partial<typeof conversations.$inferInsert>) =>
	db().update(conversations).set(changes).where(eq(conversations.id, id));

/** One message of each outcome, one that became an integrity report, one about the head, and two that name the officer. */
async function messagesOfMarch() {
	await atTime('2026-02-27T02:00:00Z', write);
	return atTime('2026-03-02T02:00:00Z', async () => {
		await write();
		await change(await write(), { named: [officer.id] });
		await change(await write(), { aboutHead: true });
		await dismissConversation(office.handler, await write(), { reason: 'greeting', seen: 9 });
		await referConversation(office.handler, await write(), { seen: 9 });
		const restored = await write();
		await dismissConversation(office.handler, restored, { reason: 'spam', seen: 9 });
		await restoreConversation(office.handler, restored);
		const { reference, id: caseId } = await open();
		await joinCase(office.handler, await write(), { reference });
		await receive(mailbox, 'saksi@contoh.example', 'Saya melihatnya.', { to: { caseId, fromReporter: false } });
		await nameOfficer(office.supervisor, (await open()).reference, officer);
		await open({ category: 'integrity' });
		return { reference, caseId };
	});
}

const seen = { channel: 'email', opened: 2, joined: 1, referred: 1, dismissed: 1, waiting: 3 };
const READERS: Record<string, [reader: () => Promise<Actor> | Actor, of: 'unit' | 'root', counts: object]> = {
	'a handler': [() => office.handler, 'unit', seen],
	'a manager of the office': [() => makeActor([[office.unit.id, 'manager']]), 'unit', seen],
	'a manager whom two messages name': [
		() => makeActor([[office.unit.id, 'manager']], officer.id),
		'unit',
		{ ...seen, opened: 1, waiting: 2 }
	],
	'a manager of the office above, for both offices': [
		() => makeActor([[office.root.id, 'manager']]),
		'root',
		{ ...seen, opened: 3 }
	],
	'the supervisor of the integrity report': [() => office.rootSupervisor, 'unit', { ...seen, opened: 3, waiting: 4 }]
};

test.each(Object.entries(READERS))(
	'counts incoming messages separately from reports, for %s',
	async (_, [reader, of, counts]) => {
		await messagesOfMarch();
		const actor = await reader();
		const query = { unit: office[of].code, scope: of === 'root' ? ('tree' as const) : ('own' as const), ...MARCH };
		expect((await caseBoard(actor, query)).channels?.messages).toEqual([counts]);
		expect((await caseBoard(actor, { ...query, service: 'library' })).channels).toBeUndefined();
	}
);

test('shows first replies and lost messages by the channel of the report, on the board and in the periodic report', async () => {
	const { reference, caseId } = await messagesOfMarch();
	const paper = await atTime('2026-03-02T02:00:00Z', () => makeCase(office.unit, {}, { channel: 'qr' }));
	await atTime('2026-03-04T02:00:00Z', () => bringTo(office, reference, 'answered'));
	await atTime('2026-03-27T02:00:00Z', () => bringTo(office, paper.reference, 'answered'));
	await atTime('2026-03-27T02:00:00Z', () =>
		transaction(async (tx) => {
			const { row } = await lockCase(tx, caseId);
			await recordEvent(tx, row, { type: 'undelivered', author: 'system', public: false });
		})
	);
	const manager = await makeActor([[office.unit.id, 'manager']]);
	await atTime('2026-04-01T02:00:00Z', async () => {
		const board = await caseBoard(manager, { unit: office.unit.code, ...MARCH });
		expect(board.channels?.reports).toEqual([
			{ channel: 'qr', received: 1, metOnTime: 0, metLate: 1, overdue: 0, undelivered: 0 },
			{ channel: 'email', received: 2, metOnTime: 1, metLate: 0, overdue: 1, undelivered: 1 }
		]);
		const { figures } = await recapView(manager, { unit: office.unit.code, scope: 'own', period: '2026-03' });
		const reply = { n: 1, onTime: 0, late: 0, overdue: 0, medianDays: null };
		expect(figures.channels).toEqual({
			reports: [
				{ channel: 'qr', received: 1, reply: { ...reply, late: 1, medianDays: expect.any(Number) }, undelivered: 0 },
				{ channel: 'email', received: 2, reply: { ...reply, onTime: 1, medianDays: 2, overdue: 1 }, undelivered: 1 },
				// Restricted reports: only their number, without the channel.
				{ channel: null, received: 1, reply: { ...reply, n: 0, overdue: 1 }, undelivered: 0 }
			],
			messages: [seen, { channel: null, opened: 1, joined: 0, referred: 0, dismissed: 0, waiting: 1 }]
		});
	});
});

test('omits the section by channel if no message arrived and none was lost', async () => {
	await atTime('2026-03-02T02:00:00Z', () => makeCase(office.unit, {}, { channel: 'whatsapp' }));
	expect((await caseBoard(office.supervisor, { unit: office.unit.code, ...MARCH })).channels).toBeUndefined();
	const about = { unit: office.unit.code, scope: 'own', period: '2026-03' } as const;
	const { figures } = await atTime('2026-04-01T02:00:00Z', () => recapView(office.supervisor, about));
	expect(recapTables(figures, 'id').map(({ id }) => id)).not.toContain('channels');
});

test('a periodic report that was filed before this section existed does not count as changed', async () => {
	await messagesOfMarch();
	const about = { unit: office.unit.code, scope: 'own', period: '2026-03' } as const;
	const manager = await makeActor([[office.unit.id, 'manager']]);
	await atTime('2026-04-01T02:00:00Z', async () => {
		const { channels, ...filed } = await recapFigures(
			db(),
			office.unit,
			'own',
			MARCH,
			await readUnitsAndRatings(office.unit, 'own', MARCH)
		);
		expect(channels).toBeDefined();
		await db()
			.insert(recaps)
			.values({
				unitId: office.unit.id,
				scope: 'own',
				period: '2026-03',
				version: 1,
				year: 2026,
				number: 1,
				figures: filed,
				signer: { name: manager.name, position: null },
				filedAt: new Date('2026-04-01T01:00:00Z')
			});
		const now = await recapView(manager, { ...about, version: 'now' });
		const before = now.before?.figures ?? now.figures;
		expect(differenceOf(recapTables(before, 'id'), recapTables(now.figures, 'id'))).toEqual([]);
		const again = fileRecap(manager, office.unit.code, { period: '2026-03', version: 1, reason: 'Kanal.' });
		await expect(again).rejects.toMatchObject({ present: { reason: 'recap_same' } });
	});
});
