import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { makeConnection } from '#lib/dev/testing/channels/incoming.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { makeOffice } from '#lib/dev/testing/office.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import { writeTogether } from '#lib/dev/testing/waiting.ts';
import { fromNow, withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { connections } from '#lib/server/db/schema/channels.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import {
	activeMailboxes,
	connectionById,
	connectionOf,
	connectionsOf,
	noteFailed,
	noteWorked,
	pauseConnection,
	removeConnection,
	saveConnection,
	secretsOf
} from './connections.ts';

let unit: { id: string; code: string };
let root: { id: string; code: string };
let admin: Actor;

beforeAll(async () => {
	({ root, unit } = await makeOffice());
	admin = await makeActor([[unit.id, 'admin']]);
});

const input = (changes: object = {}) => ({
	address: 'pengaduan@contoh.example',
	settings: { host: 'imap.contoh.example' },
	secrets: { password: 'rahasia sekali' },
	dedicated: false,
	...changes
});
const save = async (changes?: object, actor = admin) => {
	const saved = await saveConnection(actor, unit.code, 'email', input(changes));
	if (!saved) throw new Error('the connection waits for a supervisor');
	return saved;
};

test('encrypts the secrets, keeps a secret whose field is empty, and logs none', async () => {
	const first = await save();
	expect(first.secretsSealed).not.toContain('rahasia');
	const second = await save({ secrets: { password: '' }, dedicated: true });
	expect(second.id).toBe(first.id);
	expect(await secretsOf(second)).toEqual({ password: 'rahasia sekali' });
	const third = await save({ secrets: { password: 'yang baru' }, dedicated: true });
	expect(await secretsOf(third)).toEqual({ password: 'yang baru' });
	const log = await logOf('pengaduan@contoh.example');
	expect(log.map(({ action, unitId }) => [action, unitId])).toEqual(Array(3).fill(['connection.saved', unit.id]));
	expect(log[1]).toMatchObject({ before: { dedicated: false }, after: { dedicated: true } });
	expect(log[2]?.after).toEqual({ secretsReplaced: 'password' });
	expect(JSON.stringify(log)).not.toMatch(/rahasia sekali|yang baru/);
});

test('only administrators of the office see and change its connections', async () => {
	const { id } = await save();
	const others = [await makeActor([[unit.id, 'supervisor']]), await makeActor([[root.id, 'handler']])];
	for (const other of others) {
		await expect(save({}, other)).rejects.toThrow(NotFound);
		await expect(connectionOf(other, unit.code, 'email')).rejects.toThrow(NotFound);
		await expect(pauseConnection(other, id, true)).rejects.toThrow(NotFound);
		await expect(removeConnection(other, id)).rejects.toThrow(NotFound);
		expect(await connectionsOf(other)).toEqual([]);
	}
	await expect(saveConnection(admin, root.code, 'email', input())).rejects.toThrow(NotFound);
	const [office] = await connectionsOf(admin);
	expect(office).toMatchObject({ unit: { id: unit.id }, connections: [{ id }] });
});

test('refuses an address that another office uses', async () => {
	await save();
	const rootAdmin = await makeActor([[root.id, 'admin']]);
	const taken = saveConnection(rootAdmin, root.code, 'email', input({ address: 'PENGADUAN@contoh.example' }));
	expect(await codesOf(taken)).toEqual(['channel_address_taken']);
});

test('a paused connection is not active until it resumes; each pause and resume is logged once', async () => {
	const { id } = await save();
	const active = async () => (await activeMailboxes()).map((row) => row.id);
	expect(await active()).toEqual([id]);
	await pauseConnection(admin, id, true);
	await pauseConnection(admin, id, true);
	expect(await active()).toEqual([]);
	const shown = (await connectionsOf(admin)).flatMap((one) => one.connections);
	expect(shown).toMatchObject([{ id, pausedAt: expect.any(Date) }]);
	await pauseConnection(admin, id, false);
	expect(await active()).toEqual([id]);
	const steps = (await logOf('pengaduan@contoh.example')).map(({ action }) => action);
	expect(steps.slice(-2)).toEqual(['connection.paused', 'connection.resumed']);
});

test('reads e-mail of a closed office, not of one that never opened', async () => {
	const active = async () => (await activeMailboxes()).map((row) => row.unitId);
	for (const [state, expected] of [
		['closed', 1],
		['new', 0],
		['trial', 0]
	] as const) {
		const { id } = await makeUnit({ state });
		await makeConnection({ id });
		expect((await active()).filter((one) => one === id)).toHaveLength(expected);
	}
});

test('shows the last error and the time of the first until the channel works again', async () => {
	const { id } = await save();
	await noteFailed(id, 'refused');
	const { lastErrorAt } = (await connectionById(id, 'email')) ?? {};
	expect(lastErrorAt).toBeInstanceOf(Date);
	const later = fromNow(HOUR_MS);
	await withClock(
		() => later,
		() => noteFailed(id, 'lost')
	);
	expect(await connectionById(id, 'email')).toMatchObject({ lastError: 'lost', lastErrorAt });
	const message = new Date('2026-12-01T01:00:00Z');
	await noteWorked(id, { message });
	await noteWorked(id);
	const row = await connectionById(id, 'email');
	expect(row).toMatchObject({ lastError: null, lastErrorAt: null, lastMessageAt: message });
	expect(row?.checkedAt).toBeInstanceOf(Date);
});

test('removing deletes the secrets, and the office can connect again', async () => {
	const { id } = await save();
	await removeConnection(admin, id);
	const [removed] = await db().select().from(connections).where(eq(connections.id, id));
	expect(removed).toMatchObject({ secretsSealed: '', settings: {} });
	expect(await connectionById(id, 'email')).toBeUndefined();
	expect((await connectionOf(admin, unit.code, 'email')).connection).toBeUndefined();
	const again = await save();
	expect(again.id).not.toBe(id);
	expect(await secretsOf(again)).toEqual({ password: 'rahasia sekali' });
});

test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'refuses the second of two concurrent first connections as a conflict',
	async () => {
		const office = await makeUnit();
		const other = await makeActor([[office.id, 'admin']]);
		const address = '081200001111';
		const first = () => saveConnection(other, office.code, 'sms', input({ address }));
		const results = await writeTogether(connections, [first, first]);
		const refused = results.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
		expect(refused).toEqual([expect.any(Conflict)]);
		expect(await logOf(address)).toHaveLength(1);
	}
);
