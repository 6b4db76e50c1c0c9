import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeActor, makeOfficer } from '#lib/dev/testing/factories.ts';
import { caseIn, lastEntry, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import type { JobPayloads } from '#lib/server/jobs/jobs.ts';
import { queue } from '#lib/server/jobs/queue.ts';
import { changeOffice } from '../clocks/change-office.ts';
import { submitObjection } from '../conversation/objection.ts';
import { caseForActor, lockCase } from '../find.ts';
import { returnToOffice, transferCase } from '../handling/transfer.ts';
import { proposeInOngoingCases } from './find-names.ts';
import { officersOfCase } from './officers-of-case.ts';

const office = useOffice();

test('a closed report that is disputed hides from the officers who were entered meanwhile', async () => {
	const { id } = await caseIn(office, 'closed', { body: 'Rahmawati membentak saya.' });
	await makeOfficer(office.unit.id, 'Rahmawati Tandipau');
	await submitObjection(id, { body: 'Saya belum puas dengan jawabannya.' });
	expect(await officersOfCase(id)).toMatchObject([{ state: 'proposed' }]);
});

test('a report that another agency sends back hides from the officers who were entered meanwhile', async () => {
	const { id } = await caseIn(office, 'in_progress', { body: 'Rahmawati membentak saya.' });
	await transaction((tx) => transferCase(tx, id, 'Kementerian Contoh', '1916449'));
	await makeOfficer(office.unit.id, 'Rahmawati Tandipau');
	await transaction(async (tx) => returnToOffice(tx, await lockCase(tx, id), 'lapor'));
	expect(await officersOfCase(id)).toMatchObject([{ state: 'proposed' }]);
});

test('a report that names an officer moves to the parent when the officer becomes the head', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const officer = await makeOfficer(office.unit.id);
	const open = await caseIn(office, 'in_progress', { officer: officer.id });
	const closed = await caseIn(office, 'closed', { officer: officer.id });
	const other = await caseIn(office, 'in_progress');
	const { slug, name, timeZone, accent, hours, version } = office.unit;
	const form = { slug, name, timeZone, accent, hours, headOfficerId: officer.id };
	await changeOffice(admin, office.unit.id, { ...form, version });
	const [job] = await queue().fetch<JobPayloads['officers-named']>('officers-named');
	await proposeInOngoingCases(job?.data.unitId ?? '');
	await submitObjection(closed.id, { body: 'Saya belum puas dengan jawabannya.' });
	const above = { restricted: true, handlingUnitId: office.root.id, assigneeId: null };
	for (const { reference } of [open, closed]) {
		expect(await readCase(reference)).toMatchObject({ status: 'in_progress', ...above });
		expect(await lastEntry(reference, 'officers_changed')).toMatchObject({ public: false, data: { action: 'head' } });
		await expect(caseForActor(office.handler, reference)).rejects.toMatchObject({ name: 'NotFound' });
		await caseForActor(office.rootSupervisor, reference);
	}
	expect(await readCase(other.reference)).toMatchObject({ restricted: false, version: other.version });
});

test('a report that fails does not keep the others from hiding, and the job runs again', async () => {
	const body = 'Rahmawati membentak saya.';
	const failing = await caseIn(office, 'in_progress', { body });
	const next = await caseIn(office, 'in_progress', { body });
	await makeOfficer(office.unit.id, 'Rahmawati Tandipau');
	const broken = sql`alter table case_officers add constraint broken check (case_id <> ${sql.raw(String(failing.id))})`;
	await db().execute(broken);
	await expect(proposeInOngoingCases(office.unit.id)).rejects.toThrow();
	expect(await officersOfCase(next.id)).toMatchObject([{ state: 'proposed' }]);
	await db().execute(sql`alter table case_officers drop constraint broken`);
	await proposeInOngoingCases(office.unit.id);
	expect(await officersOfCase(failing.id)).toMatchObject([{ state: 'proposed' }]);
});
