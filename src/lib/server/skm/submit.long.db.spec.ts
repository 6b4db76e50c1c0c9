import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { ratingDaily, ratings } from '#lib/server/db/schema/ratings.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { issuesOf } from '#lib/dev/testing/outcomes.ts';
import { skmForm, submitSkmOn, startSurvey } from '#lib/dev/testing/figures/skm-history.ts';
import { changeSkmOffice, skmOffice } from './office.ts';
import { submitSkm } from './submit.ts';

const open = { held: false };
const rowsOfUnit = (unitId: string) => db().select().from(skmResponses).where(eq(skmResponses.unitId, unitId));

test('the survey is off until an administrator turns it on with a decision, and can be turned off again', async () => {
	const unit = await makeUnit();
	const admin = await makeActor([[unit.id, 'admin']]);
	await expect(submitSkm(skmForm(unit, 3), open)).rejects.toBeInstanceOf(NotFound);
	expect(await issuesOf(changeSkmOffice(admin, unit.id, { active: 'on' }))).toEqual([
		'decisionNumber: skm_decision_number',
		'decidedOn: skm_decided_on'
	]);
	const decision = { active: 'on', decisionNumber: 'CONTOH-7', decidedOn: '2026-02-03' };
	expect(
		await issuesOf(changeSkmOffice(admin, unit.id, { ...decision, otherSurveyUrl: 'javascript:alert(1)' }))
	).toEqual(['otherSurveyUrl: admin_website']);
	const before = () => new Date('2026-02-02T03:00:00Z');
	expect(await issuesOf(withClock(before, () => changeSkmOffice(admin, unit.id, decision)))).toEqual([
		'decidedOn: skm_decided_ahead'
	]);
	await changeSkmOffice(admin, unit.id, { ...decision, otherSurveyUrl: 'https://survei.example/' });
	expect(await skmOffice(unit.id)).toEqual({
		decisionNumber: 'CONTOH-7',
		decidedOn: '2026-02-03',
		otherSurveyUrl: 'https://survei.example/'
	});
	await submitSkm(skmForm(unit, 3), open);
	await changeSkmOffice(admin, unit.id, {});
	expect(await skmOffice(unit.id)).toBeUndefined();
	await expect(submitSkm(skmForm(unit, 3), open)).rejects.toBeInstanceOf(NotFound);
	expect(await rowsOfUnit(unit.id)).toHaveLength(1);
	const log = await db().select().from(auditEntries).where(eq(auditEntries.unitId, unit.id)).orderBy(auditEntries.id);
	expect(log).toMatchObject([
		{ action: 'skm.changed', subject: 'CONTOH-7', actorId: admin.accountId, after: { active: true } },
		{ action: 'skm.changed', after: { active: false, otherSurveyUrl: null } }
	]);
});

test('only an administrator of the unit can turn the survey on', async () => {
	const unit = await makeUnit();
	const decision = { active: 'on', decisionNumber: 'CONTOH-7', decidedOn: '2026-02-03' };
	for (const actor of [
		await makeActor([[(await makeUnit()).id, 'admin']]),
		await makeActor([[unit.id, 'manager', 'supervisor', 'handler']])
	]) {
		await expect(changeSkmOffice(actor, unit.id, decision)).rejects.toBeInstanceOf(NotFound);
	}
	expect(await skmOffice(unit.id)).toBeUndefined();
});

test('stores a form with its date in the unit’s zone, separately from ratings, without time or place', async () => {
	const unit = await makeUnit({ timeZone: 'Asia/Jayapura' });
	await startSurvey(unit);
	const late = () => new Date('2026-03-01T16:30:00Z');
	const form = skmForm(unit, 3, { u4: 4, sex: 'female', age: '30_39', suggestion: ' Tambah kursi. ', service: '' });
	expect(await withClock(late, () => submitSkm(form, open))).toEqual({ repeated: false });
	const [row] = await rowsOfUnit(unit.id);
	expect(row).toMatchObject({
		day: '2026-03-02',
		u1: 3,
		u4: 4,
		u9: 3,
		sex: 'female',
		age: '30_39',
		education: null,
		occupation: null,
		service: null,
		suggestion: 'Tambah kursi.',
		state: 'counted',
		stateReason: null
	});
	expect(Object.keys(row ?? {}).filter((name) => /time|At$|visit|officer|place|address/i.test(name))).toEqual([]);
	expect(JSON.stringify(row)).not.toContain(String(form.submission_id));
	expect(await db().select().from(ratings)).toEqual([]);
	expect(await db().select().from(ratingDaily)).toEqual([]);
});

test('twenty concurrent copies of one form are stored once', async () => {
	const unit = await makeUnit();
	await startSurvey(unit);
	const form = skmForm(unit, 2);
	const answers = await Promise.all(Array.from({ length: 20 }, () => submitSkm(form, open)));
	expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
	expect(await rowsOfUnit(unit.id)).toHaveLength(1);
});

test('a retry is accepted even if the survey and the office are closed by then', async () => {
	const unit = await makeUnit();
	await startSurvey(unit);
	const form = skmForm(unit, 4);
	await submitSkm(form, open);
	await changeSkmOffice(await makeActor([[unit.id, 'admin']]), unit.id, {});
	await db().update(units).set({ state: 'closed' }).where(eq(units.id, unit.id));
	expect(await submitSkm(form, open)).toEqual({ repeated: true });
});

test('a submission id reused with other content is refused, and the error reveals nothing of the first form', async () => {
	const unit = await makeUnit();
	await startSurvey(unit);
	const form = skmForm(unit, 1, { suggestion: 'Yang pertama.' });
	await submitSkm(form, open);
	for (const other of [{ u9: '4' }, { suggestion: 'Yang kedua.' }, { sex: 'male' }]) {
		const cause = await submitSkm({ ...form, ...other }, open).catch((error: unknown) => error);
		expect(cause).toBeInstanceOf(Conflict);
		expect((cause as Conflict).code).toBe('submission-reused');
		expect(JSON.stringify({ ...(cause as Conflict), text: String(cause) })).not.toContain('pertama');
	}
	expect(await rowsOfUnit(unit.id)).toHaveLength(1);
});

test('a form over the rate limit is stored as held', async () => {
	const unit = await makeUnit();
	await startSurvey(unit);
	await submitSkmOn(unit, '2026-03-02', skmForm(unit, 4), true);
	expect(await rowsOfUnit(unit.id)).toMatchObject([{ state: 'held', stateReason: 'over_budget' }]);
});

test('a form with a missing answer is refused with the question’s field, and nothing is stored', async () => {
	const unit = await makeUnit();
	await startSurvey(unit);
	expect(await issuesOf(submitSkm({ ...skmForm(unit, 3), u5: '' }, open))).toEqual(['u5: skm_u5']);
	expect(await rowsOfUnit(unit.id)).toEqual([]);
});
