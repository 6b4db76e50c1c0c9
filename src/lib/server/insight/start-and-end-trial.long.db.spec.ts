import { buffer } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';
import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { addDays, instantAt, localDate } from '#lib/calendar/days.ts';
import { DEFAULT_CALENDAR } from '#lib/calendar/holidays.ts';
import { DEFAULT_WORKDAY_HOURS } from '#lib/calendar/workday-hours.ts';
import { addWorkingDays } from '#lib/calendar/working-calendar.ts';
import {
	makeActor,
	makeCase,
	makeOfficerWithAccount,
	makePlace,
	makeUnit,
	makeUser
} from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { giveEmailAddress } from '#lib/dev/testing/notices.ts';
import { act, readCase } from '#lib/dev/testing/office.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import { count, practise, rowCounts, storedFiles } from '#lib/dev/testing/trial-office.ts';
import { ratingInputOf } from '#lib/dev/testing/figures/rating-history.ts';
import { skmForm, startSurvey } from '#lib/dev/testing/figures/skm-history.ts';
import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { handOverCase } from '#lib/server/cases/handling/hand-over.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { registerYears } from '#lib/server/cases/register.ts';
import { sweepReporterTurns } from '#lib/server/cases/conversation/close-after-silence.ts';
import { entriesAt } from '#lib/server/cases/timeline.ts';
import { now, withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { deleteExpiredLimits } from '#lib/server/rate-limits.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict, Invalid, OfficeClosed } from '#lib/server/errors.ts';
import { followCaseEvents } from '#lib/server/escalation/followups/followups.ts';
import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { unrecordedByUnit } from '#lib/server/escalation/unrecorded.ts';
import { exportedFilter } from '#lib/server/exports/request.ts';
import { writeCases } from '#lib/server/exports/write.ts';
import { caseFigures, clockFigures } from '#lib/server/health/figures.ts';
import { runHousekeeping } from '#lib/server/jobs/housekeeping.ts';
import { actorOf, systemActor, type Actor } from '#lib/server/people/actor.ts';
import { unitByIdOrName, openOffice } from '#lib/server/people/units/find-unit.ts';
import { createService } from '#lib/server/people/units/services.ts';
import { mayPractise, outsideTrial } from '#lib/server/people/units/trial.ts';
import { createUnit } from '#lib/server/people/units/units.ts';
import { previewSheet } from '#lib/server/places/print-sheets.ts';
import { notifyNewOffices } from '#lib/server/privacy/requests/request-notices.ts';
import { differingSums } from '#lib/server/ratings/figures/check-sums.ts';
import { leaderboard } from '#lib/server/ratings/figures/compare-officers.ts';
import { ratingSummary } from '#lib/server/ratings/figures/summary.ts';
import { submitRating } from '#lib/server/ratings/submit.ts';
import { fileRecap } from '#lib/server/recap/filings.ts';
import { recapView } from '#lib/server/recap/view.ts';
import { sweepAccessChanges } from '#lib/server/staff-notices/access-changes.ts';
import { previewDigest, writeDigests } from '#lib/server/staff-notices/digest.ts';
import { notifyOfEvents } from '#lib/server/staff-notices/notify-of-events.ts';
import { sweepStaffNotices } from '#lib/server/staff-notices/sweep.ts';
import { writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';
import { skmSummary } from '#lib/server/skm/figures.ts';
import { submitSkm } from '#lib/server/skm/submit.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { caseBoard } from './board.ts';
import { closeToPublic, openToPublic } from './open-to-public.ts';
import { publicPage } from './public-page.ts';
import { endTrial, startTrial } from './start-and-end-trial.ts';

useMailServer();

const ZONE = 'Asia/Makassar';
const CODE = '1201';
const CONFIRMED = { confirmed: 'on' };

let province: Awaited<ReturnType<typeof makeUnit>>;
let unitId: string;
let placeId: string;
let officerId: string;
let admin: Actor;
let handler: Actor;
let supervisor: Actor;
/** People of the province, whose roles reach the office too. */
let above: { manager: Actor; supervisor: Actor };
let stranger: Actor;
/** Accounts of the office's own people. */
let own: (string | null)[];
/** A rating that was checked before the office's state changed. */
let stray: Record<string, unknown>;

const office = async () => (await unitByIdOrName(unitId))!;

/** Runs all sweeps at ten in the morning of a working day in two weeks. */
async function runJobs(): Promise<void> {
	const day = addWorkingDays(addDays(localDate(now(), ZONE), 14), 1, DEFAULT_CALENDAR);
	const sweeps = [sweepReporterTurns, sweepStaffNotices, writeDigests, sweepAccessChanges];
	const morning = instantAt(day, '10:00', ZONE);
	for (const job of [...sweeps, deleteExpiredLimits, runHousekeeping]) await withClock(() => morning, job);
}

/** Everything that the province counts about itself and its offices, and the figures of /metrics. */
async function figures() {
	const today = localDate(now(), ZONE);
	const tree = { unit: province.code, scope: 'tree', from: addDays(today, -30), to: today } as const;
	const period = { unit: province.code, scope: 'tree', period: today.slice(0, 7), version: 'now' } as const;
	return {
		boards: [await caseBoard(above.manager, tree), await caseBoard(above.supervisor, tree)],
		ratings: await ratingSummary(above.manager, tree),
		officers: await leaderboard(above.manager, tree),
		survey: (await skmSummary(above.manager, tree)).together,
		recap: (await recapView(above.supervisor, period)).figures.flow,
		metrics: [await caseFigures(), await clockFigures()]
	};
}

/** The printed sheet of the office's place. */
const sheet = () => previewSheet(admin, placeId, 'http://contoh.invalid');

/** The export of all reports that a person sees. */
async function exported(actor: Actor): Promise<string> {
	const out = new PassThrough();
	const table = { format: 'csv', ...(await exportedFilter(actor, 'status=all')), zone: ZONE, lang: 'id' } as const;
	const [file] = await Promise.all([buffer(out), writeCases(out, actor, table, new AbortController().signal)]);
	return file.toString();
}

beforeAll(async () => {
	province = await makeUnit({ timeZone: ZONE });
	const values = { code: CODE, slug: 'contoh', name: 'Kantor Contoh', timeZone: ZONE, parentId: province.id };
	unitId = await createUnit(await systemActor([]), { ...values, hours: DEFAULT_WORKDAY_HOURS, accent: '#0b5cad' });
	admin = await makeActor([[unitId, 'admin']]);
	handler = (await makeUser([[unitId, 'handler']], 'kata sandi yang panjang')).actor;
	supervisor = (await makeUser([[unitId, 'supervisor']], 'kata sandi yang panjang')).actor;
	above = {
		manager: await makeActor([[province.id, 'manager']]),
		supervisor: await makeActor([[province.id, 'supervisor', 'handler']])
	};
	stranger = await makeActor([
		[(await makeUnit({ parent: province })).id, 'handler', 'supervisor', 'manager', 'admin']
	]);
	for (const person of [handler, supervisor, above.supervisor, above.manager]) await giveEmailAddress(person);
	const [officer, officerAccount] = await makeOfficerWithAccount(unitId, []);
	officerId = officer.id;
	await createService(admin, unitId, { kind: 'library', name: 'Perpustakaan', nameEn: 'Library', active: 'on' });
	placeId = (await makePlace(unitId)).id;
	await startSurvey({ id: unitId });
	const holders = await db().select({ id: roles.accountId }).from(roles).where(eq(roles.unitId, unitId));
	own = [...holders.map(({ id }) => id), officerAccount.accountId];
	stray = {
		unitId,
		score: 5,
		source: 'web',
		day: '2026-01-02',
		submissionHash: 'a',
		contentHash: 'b',
		state: 'counted'
	};
	[handler, supervisor] = [(await actorOf(handler.accountId!))!, (await actorOf(supervisor.accountId!))!];
});

test('a trial is only for people of an office that was never open, and needs a confirmation', async () => {
	expect((await office()).state).toBe('new');
	await expect(makeCase(await office(), {}, { visitor: handler })).rejects.toBeInstanceOf(OfficeClosed);
	await expect(startTrial(admin, unitId, {})).rejects.toBeInstanceOf(Invalid);
	await expect(startTrial(stranger, unitId, CONFIRMED)).rejects.toThrow();
	const agency = await makeUnit({ state: 'new' });
	const below = await makeUnit({ parent: agency, state: 'open' });
	const start = startTrial(await systemActor([]), agency.id, CONFIRMED);
	await expect(start).rejects.toMatchObject({ present: { reason: 'trial_above_open' } });
	await db().delete(units).where(eq(units.id, below.id));
	await expect(startTrial(await systemActor([]), province.id, CONFIRMED)).rejects.toBeInstanceOf(Conflict);
	const change = (id: string, state: 'trial' | 'new') => db().update(units).set({ state }).where(eq(units.id, id));
	await expect(change(province.id, 'trial')).rejects.toThrow();
	await expect(change(province.id, 'new')).rejects.toThrow();
	const rating = { unitId, score: 5, source: 'web', day: '2026-01-02', submissionHash: 'a', contentHash: 'b' } as const;
	await expect(
		db()
			.insert(ratings)
			.values(rating as never)
	).rejects.toThrow();
});

test('everything can be practised, nothing of it leaves, is numbered or counted, and the wipe leaves nothing', async () => {
	// A real report, and what the jobs write about other things.
	const real = await makeCase(province, { kind: 'suggestion', body: 'Tambah bangku di halaman.' });
	await act(archiveCase, above.supervisor, real.reference, { reason: 'out_of_scope', note: 'Bukan layanan kami.' });
	await runJobs();
	const before = { rows: await rowCounts(), files: await storedFiles(), figures: await figures() };
	const toldBefore = await db().select({ id: notices.id }).from(notices);
	await startTrial(admin, unitId, CONFIRMED);
	const unit = await office();

	// Strangers, citizens and other systems find a closed office.
	for (const by of [null, stranger, { ...handler, scopes: [] }]) {
		expect(await mayPractise(unit, by)).toBe(false);
		await expect(openOffice(CODE, by)).rejects.toBeInstanceOf(OfficeClosed);
		await expect(makeCase(unit, {}, { visitor: by })).rejects.toBeInstanceOf(OfficeClosed);
		await expect(submitRating(ratingInputOf(unit), { source: 'web', visitor: by })).rejects.toBeInstanceOf(
			OfficeClosed
		);
		await expect(submitSkm(skmForm(unit, 4), { held: false, visitor: by })).rejects.toBeInstanceOf(OfficeClosed);
	}
	await expect(publicPage(CODE)).rejects.toBeInstanceOf(OfficeClosed);
	await expect(makeCase(unit, {}, { by: 'staff', channel: 'lapor', actor: handler })).rejects.toThrow(OfficeClosed);
	const fromTablet = { source: 'kiosk', storedOnTabletAt: now() } as const;
	await expect(submitRating(ratingInputOf(unit), fromTablet)).rejects.toBeInstanceOf(OfficeClosed);

	const { reference, integrity } = await practise(unit, { handler, supervisor, officerId, placeId });
	expect(reference).toMatch(/^UJI-1201-\d\d-000001$/);
	// Not to the office above, as an open office's.
	expect(await readCase(integrity)).toMatchObject({ handlingUnitId: unitId, restricted: true });
	const { reference: other } = await makeCase(unit, {}, { visitor: handler });
	await act(verifyCase, handler, other, { category: 'time', class: 'plain' });
	const forward = act(escalateCase, handler, other, { purpose: 'record', reason: 'Dicatat di LAPOR.' });
	expect(await codesOf(forward)).toEqual(['escalation_trial']);
	const handOver = act(handOverCase, handler, other, { unit: province.code, reason: 'Salah kantor.' });
	expect(await codesOf(handOver)).toEqual(['unit_other']);

	// The jobs of every event, and all sweeps two weeks later, when deadlines have passed.
	const events = await db()
		.select({ caseId: timeline.caseId, seq: timeline.seq })
		.from(timeline)
		.innerJoin(cases, eq(cases.id, timeline.caseId))
		.where(eq(cases.unitId, unitId));
	const entries = await entriesAt(events);
	expect(entries.length).toBeGreaterThan(15);
	for (const follow of [followCaseEvents, notifyOfEvents, writeToReporters, notifyNewOffices]) await follow(entries);
	await runJobs();

	// Nothing leaves: no e-mail, no forward, and no notice to anybody but the office's own people.
	expect(await count('reporter_mail')).toBeGreaterThan(0);
	expect(await db().$count(mails)).toBe(before.rows.mails);
	for (const person of [supervisor, above.supervisor])
		expect(JSON.stringify(await previewDigest(person))).not.toContain('UJI');
	expect(await db().$count(escalations)).toBe(0);
	expect(await unrecordedByUnit(handler)).toEqual([]);
	const earlier = new Set(toldBefore.map(({ id }) => id));
	const told = (await db().select().from(notices))
		.filter(({ id }) => !earlier.has(id))
		.map(({ accountId }) => accountId);
	expect(told.length).toBeGreaterThan(0);
	for (const accountId of told) expect(own).toContain(accountId);
	const api = await outsideTrial(above.supervisor);
	expect(api.units.handler).toContain(province.id);
	expect(api.units.handler).not.toContain(unitId);

	// Nothing is numbered or counted.
	for (const table of ['numbers', 'letters', 'search_words'])
		expect([table, await count(table)]).toEqual([table, before.rows[table]]);
	expect(await registerYears(handler)).toEqual([]);
	const filing = { scope: 'own', period: '2026-01', version: 0 };
	await expect(fileRecap(supervisor, CODE, filing)).rejects.toBeInstanceOf(Conflict);
	expect(await figures()).toEqual(before.figures);
	for (const table of ['rating_daily', 'rating_monthly', 'place_scans']) expect(await count(table)).toBe(0);
	expect(await differingSums(db())).toEqual([]);
	expect(await exported(supervisor)).not.toContain('UJI-');
	expect(await sheet()).toContain('UJI COBA');

	// The trial ends before the office opens, and only rows of a trial can be deleted.
	await expect(openToPublic(admin, { units: [unitId] })).rejects.toBeInstanceOf(Invalid);
	const erase = db()
		.delete(timeline)
		.where(eq(timeline.caseId, (await readCase(real.reference)).id));
	await expect(erase).rejects.toThrow();
	await expect(endTrial(admin, unitId, {})).rejects.toBeInstanceOf(Invalid);
	await expect(endTrial(stranger, unitId, CONFIRMED)).rejects.toThrow();
	await endTrial(admin, unitId, CONFIRMED);
	expect((await office()).state).toBe('new');
	expect(await rowCounts()).toEqual(before.rows);
	expect(await storedFiles()).toEqual(before.files);
	expect(await figures()).toEqual(before.figures);
	expect((await logOf(CODE)).filter(({ action }) => action === 'unit.trial_ended')).toMatchObject([
		{ after: { cases: 5, ratings: 2, visits: 1, surveys: 1 } }
	]);
	// A form that was on its way when the trial ended is refused.
	const late = db().insert(ratings);
	expect(await asForm({}, async () => late.values(stray as never))).toMatchObject({ status: 409 });
	await runJobs();
	expect(await rowCounts()).toEqual(before.rows);
});

test('after the trial the office opens, its first report has number 1, and there is no second trial', async () => {
	const before = await figures();
	await openToPublic(admin, { units: [unitId] });
	expect((await makeCase(await office())).reference).toMatch(/^SPATULA-1201-\d\d-000001$/);
	expect(await figures()).not.toEqual(before);
	expect(await sheet()).not.toContain('UJI COBA');
	await expect(startTrial(admin, unitId, CONFIRMED)).rejects.toBeInstanceOf(Conflict);
	await endTrial(admin, unitId, CONFIRMED);
	expect(await db().$count(cases, eq(cases.unitId, unitId))).toBe(1);
	await closeToPublic(admin, unitId, { reason: 'Gedung dipugar.' });
	await expect(startTrial(admin, unitId, CONFIRMED)).rejects.toBeInstanceOf(Conflict);
});
