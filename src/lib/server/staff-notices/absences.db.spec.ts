import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import type { UnitRow } from '#lib/server/cases/find.ts';
import { changeNamedOfficers } from '#lib/server/cases/officers/officers-of-case.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import type { JobPayloads } from '#lib/server/jobs/jobs.ts';
import { absencesOf, addAbsence, removeAbsence } from '#lib/server/people/absence.ts';
import { changeAccount } from '#lib/server/people/accounts.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { changeOfficer } from '#lib/server/people/officers/officers.ts';
import { revokeRole } from '#lib/server/people/grant-roles.ts';
import { notifyOfAbsence } from './account-notices.ts';
import { sweepWaitingDrafts } from './draft-deciders.ts';
import {
	idOf,
	makeActor,
	makeCase,
	makeOfficer,
	makeOfficerWithAccount,
	makeUnit
} from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { emailsTo, giveEmailAddress, markAbsent, noticesTo } from '#lib/dev/testing/notices.ts';
import { act, ANSWER, approve, atTime, bringTo, caseIn, lastEntry, readCase } from '#lib/dev/testing/office.ts';
import { copyCases } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { withoutTriggers } from '#lib/dev/testing/without-triggers.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
useMailServer();

const THURSDAY = '2026-11-26T02:00:00Z';
const days = { fromDay: '2026-11-26', toDay: '2026-12-01' };

async function answered(author: Actor): Promise<string> {
	const { reference } = await caseIn(office, 'in_progress');
	await act(answerCase, author, reference, { body: ANSWER });
	return reference;
}

test('absences that somebody else entered leave nobody to approve only after one working day', async () => {
	const me = await makeActor([[office.root.id, 'admin', 'handler']]);
	const reference = await atTime(THURSDAY, async () => {
		for (const one of [office.supervisor, office.rootSupervisor]) await addAbsence(me, idOf(one), days);
		return answered(me);
	});
	expect((await readCase(reference)).status).toBe('in_progress');
	const swept = async () => {
		await sweepWaitingDrafts();
		return (await readCase(reference)).status;
	};
	// Until Friday, 16:00.
	expect(await atTime('2026-11-27T07:59:00Z', swept)).toBe('in_progress');
	expect(await atTime('2026-11-27T08:00:00Z', swept)).toBe('answered');
	expect((await lastEntry(reference, 'answered'))?.data).toMatchObject({ single_signature: true });
});

test('a supervisor whom somebody else recorded as absent may still approve if nobody else can', async () => {
	const me = await makeActor([[office.root.id, 'admin', 'handler']]);
	await atTime(THURSDAY, async () => {
		await addAbsence(me, idOf(office.supervisor), days);
		await addAbsence(office.rootSupervisor, idOf(office.rootSupervisor), days);
		const reference = await answered(me);
		await approve(office.supervisor, reference);
		expect((await lastEntry(reference, 'answered'))?.data).not.toHaveProperty('single_signature', true);
	});
});

test('supervisors whom the writer removed or switched off leave nobody to approve only after one working day', async () => {
	const me = await makeActor([[office.root.id, 'admin', 'handler']]);
	const reference = await atTime(THURSDAY, async () => {
		await revokeRole(me, idOf(office.supervisor), { unitId: office.unit.id, role: 'supervisor' });
		const draft = await answered(me);
		await approve(office.rootSupervisor, draft);
		await changeAccount(me, idOf(office.rootSupervisor), { name: office.rootSupervisor.name, active: false });
		return answered(me);
	});
	const by = async (author: Actor) => (await readCase(await atTime(THURSDAY, () => answered(author)))).status;
	expect((await readCase(reference)).status).toBe('in_progress');
	expect(await by(me)).toBe('in_progress');
	// Somebody else is not hindered by what an administrator did.
	expect(await by(office.handler)).toBe('answered');
	const swept = async () => {
		await sweepWaitingDrafts();
		return (await readCase(reference)).status;
	};
	expect(await atTime('2026-11-27T07:59:00Z', swept)).toBe('in_progress');
	expect(await atTime('2026-11-27T08:00:00Z', swept)).toBe('answered');
	expect((await lastEntry(reference, 'answered'))?.data).toMatchObject({ single_signature: true });
});

/** An office without one above, with two handlers and a supervisor whose name is in reports. */
async function smallOffice() {
	const root = await makeUnit();
	const [officer] = await makeOfficerWithAccount(root.id, ['supervisor'], 'Rahmawati Tandipau');
	const [handler, colleague] = [await makeActor([[root.id, 'handler']]), await makeActor([[root.id, 'handler']])];
	return { root, officer, handler, colleague };
}

/** Answers reports of an office without one above, each by its author. */
async function answerEach(root: UnitRow, answers: readonly (readonly [Actor, string])[]) {
	for (const [author, reference] of answers) {
		await bringTo({ ...office, root, unit: root, handler: author }, reference, 'in_progress');
		await act(answerCase, author, reference, { body: ANSWER });
	}
}
/** The statuses of the reports after a sweep at `moment`. */
const sweptAt = (moment: string, ...references: string[]) =>
	atTime(moment, async () => {
		await sweepWaitingDrafts();
		return Promise.all(references.map(async (reference) => (await readCase(reference)).status));
	});
const FRIDAY = '2026-11-27T08:00:00Z';

test('a supervisor whom the writer named leaves nobody to approve only after one working day', async () => {
	const { root, officer, handler, colleague } = await smallOffice();
	const [named, written, byOther] = await atTime(THURSDAY, async () => {
		const desk = { by: 'staff', actor: handler } as const;
		const [own, wrote, other] = [
			await makeCase(root),
			await makeCase(root, { channel: 'phone', officer: officer.id }, desk),
			await makeCase(root)
		];
		// The id in another spelling is the same officer.
		await act(changeNamedOfficers, handler, own.reference, { officer: officer.id.toUpperCase(), action: 'add' });
		await act(changeNamedOfficers, colleague, other.reference, { officer: officer.id, action: 'add' });
		const references = [own.reference, wrote.reference, other.reference] as const;
		await answerEach(
			root,
			references.map((reference) => [handler, reference])
		);
		return references;
	});
	expect((await readCase(byOther)).status).toBe('answered');
	expect(await sweptAt('2026-11-27T07:59:00Z', named, written)).toEqual(['in_progress', 'in_progress']);
	expect(await sweptAt(FRIDAY, named, written)).toEqual(['answered', 'answered']);
	expect((await lastEntry(named, 'answered'))?.data).toMatchObject({ single_signature: true });
});

test('a supervisor whose name is only proposed does not leave nobody to approve', async () => {
	const { root, officer, handler, colleague } = await smallOffice();
	const body = 'Petugas bernama Rahmawati membentak saya.';
	const [first, second] = await atTime(THURSDAY, async () => {
		const references = [
			(await makeCase(root, { body })).reference,
			(await makeCase(root, { body })).reference
		] as const;
		await answerEach(
			root,
			references.map((reference) => [handler, reference])
		);
		return references;
	});
	expect(await sweptAt(FRIDAY, first, second)).toEqual(['in_progress', 'in_progress']);
	await atTime(FRIDAY, async () => {
		await act(changeNamedOfficers, colleague, first, { officer: officer.id, action: 'confirm' });
		await act(changeNamedOfficers, handler, second, { officer: officer.id, action: 'confirm' });
	});
	expect(await sweptAt(FRIDAY, first, second)).toEqual(['answered', 'in_progress']);
	// Until Monday, 16:00.
	expect(await sweptAt('2026-11-30T08:00:00Z', second)).toEqual(['answered']);
});

test('many drafts that nobody may decide yet do not hold up a later draft', async () => {
	const { root, handler } = await smallOffice();
	const body = 'Petugas bernama Rahmawati membentak saya.';
	const { id } = await atTime(THURSDAY, async () => {
		const { reference } = await makeCase(root, { body });
		await answerEach(root, [[handler, reference]]);
		return readCase(reference);
	});
	await copyCases(id, 500);
	for (const table of ['approvals', 'case_officers'])
		await withoutTriggers((tx) =>
			tx.execute(sql`insert into ${sql.identifier(table)} select copy.* from cases c, ${sql.identifier(table)} one,
				jsonb_populate_record(one, jsonb_build_object('case_id', c.id)
					|| case ${table} when 'approvals' then jsonb_build_object('id', gen_random_uuid()) else '{}' end) copy
				where one.case_id = ${id} and c.unit_id = ${root.id} and c.id <> ${id}`)
		);
	const later = await atTime('2026-11-26T03:00:00Z', () => answered(office.handler));
	await atTime(FRIDAY, sweepWaitingDrafts);
	expect(await lastEntry(later, 'clock_passed_up')).toBeDefined();
});

test('a supervisor whom the writer linked to a named officer leaves nobody to approve only after one working day', async () => {
	const root = await makeUnit();
	const officer = await makeOfficer(root.id);
	const supervisor = await makeActor([[root.id, 'supervisor']]);
	const [author, colleague] = [
		await makeActor([[root.id, 'admin', 'handler']]),
		await makeActor([[root.id, 'handler']])
	];
	const [own, other] = await atTime(THURSDAY, async () => {
		const [one, two] = [await makeCase(root, { officer: officer.id }), await makeCase(root, { officer: officer.id })];
		await changeOfficer(author, officer.id, { name: officer.name, accountId: supervisor.accountId, active: 'on' });
		await answerEach(root, [
			[author, one.reference],
			[colleague, two.reference]
		]);
		return [one.reference, two.reference] as const;
	});
	expect((await readCase(other)).status).toBe('answered');
	expect(await sweptAt('2026-11-27T07:59:00Z', own)).toEqual(['in_progress']);
	expect(await sweptAt(FRIDAY, own)).toEqual(['answered']);
});

test('absences that the supervisors entered themselves count at once', async () => {
	await markAbsent(office.supervisor);
	await markAbsent(office.rootSupervisor);
	expect((await readCase(await answered(office.handler))).status).toBe('answered');
});

test('notifies a person of an absence that somebody else entered, not of their own entry, and the deputy of both', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const address = await giveEmailAddress(office.supervisor);
	await db().execute(sql`delete from pgboss.job where name = 'absence-entered'`);
	await atTime(THURSDAY, async () => {
		await addAbsence(office.handler, idOf(office.handler), days);
		await addAbsence(admin, idOf(office.supervisor), { ...days, deputyId: idOf(office.rootSupervisor) });
	});
	const queued = () =>
		rowsOf<{ data: JobPayloads['absence-entered'] }>(
			db(),
			sql`delete from pgboss.job where name = 'absence-entered' returning data`
		);
	const jobs = await queued();
	expect(jobs).toHaveLength(2);
	for (const { data } of [...jobs, ...jobs]) await notifyOfAbsence(data);
	expect(await noticesTo(office.supervisor)).toEqual(['absence_entered']);
	expect(await noticesTo(office.rootSupervisor)).toEqual(['deputy_named']);
	await atTime(FRIDAY, async () => {
		const [entered] = await absencesOf(idOf(office.supervisor));
		await removeAbsence(admin, idOf(office.supervisor), entered?.id ?? '');
	});
	for (const { data } of await queued()) await notifyOfAbsence(data);
	expect(await noticesTo(office.rootSupervisor)).toEqual(['deputy_named', 'deputy_ended']);
	const [mail] = await emailsTo(address);
	expect(mail?.body).toContain(
		`${admin.name} mencatat Anda tidak hadir, Kamis, 26 November 2026 sampai Selasa, 1 Desember 2026`
	);
});
