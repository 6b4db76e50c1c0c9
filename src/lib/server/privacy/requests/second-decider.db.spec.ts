import { and, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeActor, makeCase, idOf } from '#lib/dev/testing/factories.ts';
import { atTime, lastEntry, readCase, seenByReporter, story } from '#lib/dev/testing/office.ts';
import { failure, logOf } from '#lib/dev/testing/outcomes.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { entryDetail } from '#lib/words/timeline-details.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { ago } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { actorOf } from '#lib/server/people/actor.ts';
import { createAccount } from '#lib/server/people/accounts.ts';
import { revokeRole } from '#lib/server/people/grant-roles.ts';
import { decideRequest } from './decide.ts';
import { recordRequest } from './receive.ts';
import { readRequest } from './register.ts';

const office = useOffice();
const REPORTER = { name: 'Pelapor Contoh 1', phone: '081234500001' };
const SECOND = { name: 'NotAllowed', code: 'request_recorder' };
const GRANT = { decision: 'grant', version: 1, reason: 'Pelapor datang dan membenarkan.' };
const WORDS = { words: 'Pelapor mencabut laporannya.' };

/** A complaint whose reporter asks for something at the counter, as `by` records it. */
async function askedAtCounter(by: Actor, kind: string, input: object = WORDS) {
	const { reference } = await makeCase(office.unit, { identity: 'named', reporter: REPORTER });
	const checkedBy = { check: 'known_contact', check_note: 'Pelapor datang ke loket.' };
	const form = { kind, reference, unit: office.unit.code, submission_id: crypto.randomUUID(), ...checkedBy, ...input };
	return { reference, id: await recordRequest(by, form) };
}
const makeResponsible = async (person: Actor) => {
	await db().update(units).set({ privacyAccountId: person.accountId }).where(eq(units.id, office.unit.id));
	return person;
};
const toldOf = async (id: string) =>
	(await db().select().from(notices)).filter(({ data }) => data.request === id).map(({ accountId }) => accountId);
const withoutSupervisors = () =>
	db()
		.delete(roles)
		.where(and(eq(roles.role, 'supervisor')));

test.each([
	['report', WORDS],
	['correction', { words: 'Judul laporan keliru, mohon diganti.' }],
	['contact', { phone: '081234500099' }]
])('who recorded a request at the counter that changes the report (%s) does not decide it', async (kind, input) => {
	const head = await makeResponsible(office.supervisor);
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const { reference, id } = await askedAtCounter(head, kind, input);
	expect(await failure(decideRequest(head, id, { ...GRANT, title: 'Judul lain' }))).toMatchObject(SECOND);
	expect(await readRequest(head, id)).toMatchObject({ decides: false, readsWords: true, second: [admin.name] });
	expect(await toldOf(id)).toEqual([admin.accountId]);
	await decideRequest(admin, id, { ...GRANT, title: 'Judul lain' });
	expect((await lastEntry(reference, 'data_decided'))?.data).not.toHaveProperty('single_signature');
});

test('who recorded a request at the counter that changes nothing of the report decides it', async () => {
	const head = await makeResponsible(office.supervisor);
	const { reference, id } = await askedAtCounter(head, 'restriction');
	await decideRequest(head, id, GRANT);
	expect(await lastEntry(reference, 'data_decided')).toMatchObject({ data: { outcome: 'granted' } });
});

test('a supervisor decides what the only person who decides requests has recorded', async () => {
	const both = await makeActor([[office.unit.id, 'admin', 'handler']]);
	const { reference, id } = await askedAtCounter(both, 'report');
	expect(await failure(decideRequest(both, id, GRANT))).toMatchObject(SECOND);
	expect(await readRequest(office.supervisor, id)).toMatchObject({ decides: true, ...WORDS });
	expect(await toldOf(id)).toEqual([office.supervisor.accountId]);
	expect(await failure(decideRequest(office.handler, id, GRANT))).toMatchObject({ code: 'data_request' });
	await decideRequest(office.supervisor, id, GRANT);
	expect(await readCase(reference)).toMatchObject({ status: 'archived', archiveReason: 'withdrawn' });
	// The reporter may object, because another person may have asked at the counter.
	expect((await seenByReporter(reference)).may.object).not.toBeNull();
});

test('an account that the recorder has just made does not decide it', async () => {
	const both = await makeActor([[office.unit.id, 'admin', 'handler']]);
	const other = await makeActor([[office.unit.id, 'admin']]);
	const input = { username: 'akun.baru', name: 'Akun Baru', unitId: office.unit.id, roles: ['admin'] };
	const made = await actorOf(await createAccount(both, input));
	const { id } = await askedAtCounter(both, 'report');
	expect(await failure(decideRequest(made!, id, GRANT))).toMatchObject(SECOND);
	expect(await readRequest(made!, id)).toMatchObject({ decides: false, second: [other.name] });
	await decideRequest(other, id, GRANT);
});

test.each([true, false])(
	'an administrator does not decide what a newly made account recorded (other administrator: %s)',
	async (other) => {
		const admin = await makeResponsible(await makeActor([[office.unit.id, 'admin']]));
		const second = other ? await makeActor([[office.unit.id, 'admin']]) : office.supervisor;
		const input = {
			username: `pencatat.${other ? 'satu' : 'dua'}`,
			name: 'Akun Baru',
			unitId: office.unit.id,
			roles: ['handler']
		};
		const made = await atTime(ago(2 * DAY_MS), () => createAccount(admin, input));
		const { id } = await askedAtCounter((await actorOf(made))!, 'report');
		expect(await failure(decideRequest(admin, id, GRANT))).toMatchObject(SECOND);
		expect(await readRequest(admin, id)).toMatchObject({ decides: false });
		expect(await toldOf(id)).toEqual([second.accountId]);
		await decideRequest(second, id, GRANT);
	}
);

test('who recorded it decides if nobody else can, and timeline and log say so', async () => {
	const both = await makeActor([[office.unit.id, 'admin', 'handler']]);
	await withoutSupervisors();
	const { reference, id } = await askedAtCounter(both, 'report');
	expect(await toldOf(id)).toEqual([both.accountId]);
	const { number, ...read } = await readRequest(both, id);
	expect(read).toMatchObject({ decides: true, alone: true });
	await decideRequest(both, id, GRANT);
	expect((await story(reference)).slice(-2)).toEqual(['archived', 'data_decided']);
	for (const type of ['archived', 'data_decided'] as const) {
		const entry = await lastEntry(reference, type);
		expect(entryDetail({ type, data: entry?.data ?? {} }, 'Asia/Makassar')).toContain('Satu tanda tangan');
	}
	const log = await logOf(number);
	expect(log.map(({ after }) => (after as { singleSignature?: boolean }).singleSignature)).toEqual([undefined, true]);
});

test('a recorder who has just removed the only supervisor does not decide it', async () => {
	const both = await makeActor([[office.unit.id, 'admin', 'handler']]);
	await db()
		.delete(roles)
		.where(eq(roles.accountId, idOf(office.rootSupervisor)));
	const { id } = await askedAtCounter(both, 'report');
	await revokeRole(both, idOf(office.supervisor), { unitId: office.unit.id, role: 'supervisor' });
	expect(await failure(decideRequest(both, id, GRANT))).toMatchObject(SECOND);
	expect(await readRequest(both, id)).toMatchObject({ decides: false, second: [] });
});
