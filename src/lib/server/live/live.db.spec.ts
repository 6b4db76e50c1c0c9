import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { handle, transaction } from '#lib/server/db/index.ts';
import { listen } from '#lib/server/db/notify.ts';
import { revokeRole } from '#lib/server/people/grant-roles.ts';
import { signOut } from '#lib/server/people/sign-in/session.ts';
import { makeActor, makeCase, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { switchOff } from '#lib/dev/testing/notices.ts';
import { ANSWER, bringTo, makeOffice, nameOfficer, on } from '#lib/dev/testing/office.ts';
import { accessSettled, changes, entries, makeSession, openDesk, until } from '#lib/dev/testing/casework/open-desk.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { reviewStreams } from './streams.ts';
import { startWatching, stopWatching } from './watch.ts';

const office = useOffice();
const notifications: { case: number; unit: string; seq: number }[] = [];
let stopListening: () => Promise<void>;
beforeAll(async () => {
	await startWatching();
	stopListening = await listen(
		{ spatula_case: (text) => notifications.push(JSON.parse(text) as (typeof notifications)[number]) },
		() => {}
	);
});
afterAll(async () => {
	await stopListening();
	await stopWatching();
});
beforeEach(async () => {
	await accessSettled(office.handler);
	notifications.length = 0;
});

test('sends one notification per entry, with the office of its case, and only after the commit', async () => {
	const { reference, id } = await bringTo(office, (await makeCase(office.unit)).reference, 'in_progress');
	await until(() => expect(notifications.filter((one) => one.case === id)).toHaveLength(3));
	notifications.length = 0;
	await answerCase(office.handler, reference, await on(reference, { body: ANSWER }));
	await until(() => expect(notifications).toEqual([{ case: id, unit: office.unit.id, seq: 4 }]));
	notifications.length = 0;
	const undone = transaction(async () => {
		throw new Error('undone');
	});
	await expect(undone).rejects.toThrow('undone');
	await expect(writeMessage(office.handler, reference, { body: 'Lama.', public: false, version: 1 })).rejects.toThrow();
	await writeMessage(office.handler, reference, { body: 'Catatan.', public: false });
	await until(() => expect(notifications.map(({ seq }) => seq)).toEqual([5]));
});

test('a desk receives only changes of cases that its person may see, with the author and type', async () => {
	const elsewhere = await makeOffice();
	await accessSettled(elsewhere.handler);
	const desk = await openDesk(office.handler);
	const above = await openDesk(office.rootSupervisor);
	const stranger = await openDesk(elsewhere.handler);
	const { reference } = await makeCase(office.unit);
	const restricted = await makeCase(office.unit, { category: 'integrity' });
	await writeMessage(office.handler, reference, { body: 'Kami periksa.', public: true });
	const ofOffice = [`${reference} opened`, `${reference} message`];
	await until(() => expect(changes(desk.received)).toEqual(ofOffice));
	// A supervisor of all offices may also receive changes of other tests.
	const own = (change: string) => [reference, restricted.reference].some((one) => change.startsWith(one));
	const inAll = [...ofOffice, `${restricted.reference} opened`].sort();
	await until(() => expect(changes(above.received).filter(own).sort()).toEqual(inAll));
	expect(JSON.stringify(desk.received)).not.toContain('Kami periksa');
	const said = { seq: 2, type: 'message', actorKind: 'staff', actorName: office.handler.name };
	expect(entries(desk.received)).toContainEqual({ ...said, own: true });
	expect(entries(above.received)).toContainEqual({ ...said, own: false });
	expect(changes(stranger.received)).toEqual([]);
	for (const one of [desk, above, stranger]) one.close();
});

test('a person whom a case names receives none of its changes, from opening or from naming on', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	await accessSettled(named);
	const desk = await openDesk(named);
	const witness = await openDesk(office.handler);
	await makeCase(office.unit, { officer: officer.id });
	const later = await makeCase(office.unit);
	await until(() => expect(changes(desk.received)).toEqual([`${later.reference} opened`]));
	await nameOfficer(office.supervisor, later.reference, officer);
	await writeMessage(office.handler, later.reference, { body: 'Catatan.', public: false });
	await until(() => expect(changes(witness.received)).toHaveLength(4));
	expect(changes(desk.received)).toEqual([`${later.reference} opened`]);
	desk.close();
	witness.close();
});

test('a stream begins with "refresh" and repeats no former events', async () => {
	await makeCase(office.unit);
	await until(() => expect(notifications.map(({ unit }) => unit)).toContain(office.unit.id));
	const desk = await openDesk(office.handler);
	expect(desk.received).toEqual([{ kind: 'refresh' }]);
	desk.close();
});

test('a stream ends when its session ends, a role is revoked, the account is switched off or the session expires', async () => {
	const sessionId = await makeSession(office.handler.accountId);
	const desk = await openDesk(office.handler, { sessionId });
	const other = await openDesk(office.supervisor);
	await signOut(sessionId);
	await until(() => expect(desk.ended).toBe(true));
	const admin = await makeActor([[office.root.id, 'admin']]);
	await revokeRole(admin, office.supervisor.accountId ?? '', { unitId: office.unit.id, role: 'supervisor' });
	await until(() => expect(other.ended).toBe(true));
	const off = await openDesk(office.handler);
	await switchOff(office.handler);
	await until(() => expect(off.ended).toBe(true));
	// An expired session is not deleted, so no notification ends its stream.
	const late = await openDesk(office.rootSupervisor, {
		sessionId: await makeSession(office.rootSupervisor.accountId, new Date(Date.now() - 1000))
	});
	const stays = await openDesk(office.rootSupervisor);
	await reviewStreams();
	expect(late.ended).toBe(true);
	expect(stays).toMatchObject({ ended: false, beats: 1 });
	stays.close();
});

test('a new office ends all streams, because roles may now include it', async () => {
	const desk = await openDesk(office.rootSupervisor);
	await makeUnit({ parent: office.root });
	await until(() => expect(desk.ended).toBe(true));
});

test('very many changes at once are replaced by "refresh"', async () => {
	const desk = await openDesk(office.handler);
	desk.received.length = 0;
	const opened = handle();
	const { id } = await bringTo(office, (await makeCase(office.unit)).reference, 'received');
	await until(() => expect(changes(desk.received)).toHaveLength(1));
	const flood = Array.from({ length: 150 }, (_, n) => JSON.stringify({ case: id + n, unit: office.unit.id, seq: 1 }));
	const statement = `select pg_notify('spatula_case', payload) from json_array_elements_text($1::json) as payload`;
	if (opened.kind === 'pglite') await opened.client.query(statement, [JSON.stringify(flood)]);
	else await opened.client.unsafe(statement, [JSON.stringify(flood)]);
	await until(() => expect(desk.received).toContainEqual({ kind: 'refresh' }));
	expect(changes(desk.received)).toHaveLength(1);
	desk.close();
});

test('after a lost database connection all desks get "refresh" and then further changes', async ({ skip }) => {
	const opened = handle();
	if (opened.kind === 'pglite') return skip();
	const desk = await openDesk(office.handler);
	desk.received.length = 0;
	await opened.client`select pg_terminate_backend(pid) from pg_stat_activity
		where application_name = 'spatula-listen' and datname = current_database()`;
	await until(() => expect(desk.received).toContainEqual({ kind: 'refresh' }));
	const { reference } = await makeCase(office.unit);
	await until(() => expect(changes(desk.received)).toEqual([`${reference} opened`]));
	desk.close();
});
