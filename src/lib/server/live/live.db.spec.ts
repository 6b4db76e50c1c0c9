import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { handle, transaction } from '#lib/server/db/index.ts';
import { listen } from '#lib/server/db/notify.ts';
import { revokeRole } from '#lib/server/people/grant-roles.ts';
import { signOut } from '#lib/server/people/sign-in/session.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { switchOff } from '#lib/dev/testing/notices.ts';
import { ANSWER, bringTo, makeOffice, nameOfficer, on, type Office } from '#lib/dev/testing/office.ts';
import { accessSettled, changes, entries, makeSession, openDesk, until } from '#lib/dev/testing/open-desk.ts';
import { reviewStreams } from './streams.ts';
import { startWatching, stopWatching } from './watch.ts';

useFreshDatabase();

let office: Office;
const told: { case: number; unit: string; seq: number }[] = [];
let silence: () => Promise<void>;
beforeAll(async () => {
	await startWatching();
	silence = await listen({ spatula_case: (text) => told.push(JSON.parse(text) as (typeof told)[number]) }, () => {});
});
afterAll(async () => {
	await silence();
	await stopWatching();
});
beforeEach(async () => {
	office = await makeOffice();
	await accessSettled(office.handler);
	told.length = 0;
});

test('a case is told of once per transaction, with its office and the first new entry, and only when it is stored', async () => {
	const { reference, id } = await bringTo(office, (await makeCase(office.unit)).reference, 'in_progress');
	await until(() => expect(told.filter((one) => one.case === id)).toHaveLength(3));
	told.length = 0;
	await answerCase(office.handler, reference, await on(reference, { body: ANSWER }));
	await until(() => expect(told).toEqual([{ case: id, unit: office.unit.id, seq: 4 }]));
	told.length = 0;
	const undone = transaction(async () => {
		throw new Error('undone');
	});
	await expect(undone).rejects.toThrow('undone');
	await expect(writeMessage(office.handler, reference, { body: 'Lama.', public: false, version: 1 })).rejects.toThrow();
	await writeMessage(office.handler, reference, { body: 'Catatan.', public: false });
	await until(() => expect(told.map(({ seq }) => seq)).toEqual([5]));
});

test('a desk hears of the cases its person may see, with who did what, and of no others', async () => {
	const elsewhere = await makeOffice();
	const desk = await openDesk(office.handler);
	const above = await openDesk(office.rootSupervisor);
	const stranger = await openDesk(elsewhere.handler);
	const { reference } = await makeCase(office.unit);
	const restricted = await makeCase(office.unit, { category: 'integrity' });
	await writeMessage(office.handler, reference, { body: 'Kami periksa.', public: true });
	const ofOffice = [`${reference} opened`, `${reference} message`];
	await until(() => expect(changes(desk.heard)).toEqual(ofOffice));
	// Who sees all offices may still hear of what another test did.
	const own = (change: string) => [reference, restricted.reference].some((one) => change.startsWith(one));
	const inAll = [...ofOffice, `${restricted.reference} opened`].sort();
	await until(() => expect(changes(above.heard).filter(own).sort()).toEqual(inAll));
	expect(JSON.stringify(desk.heard)).not.toContain('Kami periksa');
	const said = { seq: 2, type: 'message', actorKind: 'staff', actorName: office.handler.name };
	expect(entries(desk.heard)).toContainEqual({ ...said, own: true });
	expect(entries(above.heard)).toContainEqual({ ...said, own: false });
	expect(changes(stranger.heard)).toEqual([]);
	for (const one of [desk, above, stranger]) one.close();
});

test('whom a case names hears nothing of it, neither at its opening nor from the moment it names them', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	await accessSettled(named);
	const desk = await openDesk(named);
	const witness = await openDesk(office.handler);
	await makeCase(office.unit, { officer: officer.id });
	const later = await makeCase(office.unit);
	await until(() => expect(changes(desk.heard)).toEqual([`${later.reference} opened`]));
	await nameOfficer(office.supervisor, later.reference, officer);
	await writeMessage(office.handler, later.reference, { body: 'Catatan.', public: false });
	await until(() => expect(changes(witness.heard)).toHaveLength(4));
	expect(changes(desk.heard)).toEqual([`${later.reference} opened`]);
	desk.close();
	witness.close();
});

test('a stream begins with "refresh" and repeats nothing', async () => {
	await makeCase(office.unit);
	await until(() => expect(told.map(({ unit }) => unit)).toContain(office.unit.id));
	const desk = await openDesk(office.handler);
	expect(desk.heard).toEqual([{ kind: 'refresh' }]);
	desk.close();
});

test('lines end with their session, their roles, their account, and are asked for again by nobody who has none', async () => {
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
	// A session that ran out is deleted by nobody.
	const late = await openDesk(office.rootSupervisor, {
		sessionId: await makeSession(office.rootSupervisor.accountId, new Date(Date.now() - 1000))
	});
	const stays = await openDesk(office.rootSupervisor);
	await reviewStreams();
	expect(late.ended).toBe(true);
	expect(stays).toMatchObject({ ended: false, beats: 1 });
	stays.close();
});

test('a new office below makes everybody’s line begin again, because more may be theirs', async () => {
	const desk = await openDesk(office.rootSupervisor);
	await makeUnit({ parent: office.root });
	await until(() => expect(desk.ended).toBe(true));
});

test('a flood of changes is told as one word: look', async () => {
	const desk = await openDesk(office.handler);
	desk.heard.length = 0;
	const opened = handle();
	const { id } = await bringTo(office, (await makeCase(office.unit)).reference, 'received');
	await until(() => expect(changes(desk.heard)).toHaveLength(1));
	const flood = Array.from({ length: 150 }, (_, n) => JSON.stringify({ case: id + n, unit: office.unit.id, seq: 1 }));
	const statement = `select pg_notify('spatula_case', told) from json_array_elements_text($1::json) as told`;
	if (opened.kind === 'pglite') await opened.client.query(statement, [JSON.stringify(flood)]);
	else await opened.client.unsafe(statement, [JSON.stringify(flood)]);
	await until(() => expect(desk.heard.at(-1)).toEqual({ kind: 'refresh' }));
	expect(changes(desk.heard)).toHaveLength(1);
	desk.close();
});

test('a broken line to the database is opened again, and everybody looks', async () => {
	const opened = handle();
	if (opened.kind === 'pglite') return;
	const desk = await openDesk(office.handler);
	desk.heard.length = 0;
	await opened.client`select pg_terminate_backend(pid) from pg_stat_activity
		where application_name = 'spatula-listen' and datname = current_database()`;
	await until(() => expect(desk.heard.at(-1)).toEqual({ kind: 'refresh' }));
	const { reference } = await makeCase(office.unit);
	await until(() => expect(changes(desk.heard)).toEqual([`${reference} opened`]));
	desk.close();
});
