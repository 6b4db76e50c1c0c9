import { sql, type SQL } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { ARCHIVE_REASONS, CASE_STATUSES } from '#lib/cases/vocabulary.ts';
import { leaderboard } from '#lib/server/ratings/figures/compare-officers.ts';
import { sweepReporterTurns } from '#lib/server/cases/conversation/close-after-silence.ts';
import { withClock } from '#lib/server/clock.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { DEMO_PIN, demoKioskLinks } from './kiosk-links.ts';
import { seedDemo } from './seed.ts';
import { NotFound, StartError } from '#lib/server/errors.ts';
import { passwordMatches } from '#lib/server/people/sign-in/password.ts';
import { systemActor } from '#lib/server/people/actor.ts';
import { pairKiosk, requireKioskLink } from '#lib/server/places/kiosk-pairing.ts';
import { checkKioskPin, pairedKiosk } from '#lib/server/places/kiosks.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { ratingSums } from '#lib/dev/testing/figures/rating-history.ts';

const MORNING = new Date('2026-11-25T00:05:00Z');
const LATE = new Date('2026-11-25T15:55:00Z');
const seedAt = (at: Date) => withClock(() => at, seedDemo);

const rows = (statement: SQL) => rowsOf(db(), statement);
const column = async (statement: SQL) => (await rows(statement)).map((row) => Object.values(row)[0]);

/** All contents of the demo except ids, secrets and durations of calls. */
const CONTENTS = {
	offices: sql`select u.code, u.slug, u.name, u.path = '/' || u.id || '/' as root, o.name as officer, o.position
		from units u join officers o on o.unit_id = u.id order by 1, 5`,
	people: sql`select a.username, a.name, r.role, u.slug from accounts a
		left join roles r on r.account_id = a.id left join units u on u.id = r.unit_id order by 1, 3`,
	places: sql`select code, kind, name from places order by code`,
	rosters: sql`select p.code, o.name, s.weekday, s.day::text, s.starts_at, s.ends_at from roster_shifts s
		join places p on p.id = s.place_id join officers o on o.id = s.officer_id order by 1, 3, 4, 5`,
	cases: sql`select c.reference, h.code as handling, c.restricted, c.kind, c.title, c.body, c.category, c.class, c.priority,
		c.identity, c.channel, c.status, c.return_status, c.version, a.username as assignee, c.received_at::text,
		c.opened_at::text, c.answered_at::text, c.closed_at::text, c.archived_at::text, c.archive_reason, c.disputes,
		c.due_at::text, c.promised_at::text, c.flagged, c.escalation_state, c.objection_at::text
		from cases c join units h on h.id = c.handling_unit_id left join accounts a on a.id = c.assignee_id
		order by c.reference`,
	timeline: sql`select c.reference, t.seq, t.at::text, t.type, t.actor_kind, a.username, t.public
		from timeline t join cases c on c.id = t.case_id left join accounts a on a.id = t.actor_id order by 1, 2`,
	messages: sql`select c.reference, m.at::text, m.author, m.public, m.body from messages m join cases c on c.id = m.case_id
		order by 1, 2, 5`,
	clocks: sql`select c.reference, k.name, k.run, k.start_at::text, k.state, k.due_at::text, k.met_at::text, k.late
		from clocks k join cases c on c.id = k.case_id order by 1, 2, 3`,
	files: sql`select c.reference, f.name, f.bytes, f.sha256, f.public from attachments f join cases c on c.id = f.case_id
		order by 1, 2`,
	forwards: sql`select reference, mode, purpose, state, title, content, lapor_id, lapor_status, created_at::text, sent_at::text
		from escalations order by 1`,
	ratings: sql`select u.code, o.name, r.day::text, r.score, r.service, r.source, r.verified, r.state, r.courtesy, r.speed,
		r.knowledge, r.tags, r.comment from ratings r join units u on u.id = r.unit_id
		left join officers o on o.id = r.officer_id order by 3, 1, 2, 4, 5, 6, 9, 10, 11, 12, 13, 8`,
	survey: sql`select day::text, u1, u2, u3, u4, u5, u6, u7, u8, u9, sex, age, education, occupation, service, suggestion,
		state, state_reason from skm_responses order by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16`,
	published: sql`select first_day::text, last_day::text, respondents, figures, decision_number from skm_publications`
};

async function contents(): Promise<Record<string, unknown[]>> {
	const parts = Object.entries(CONTENTS).map(async ([part, statement]) => [part, await rows(statement)] as const);
	return Object.fromEntries(await Promise.all(parts));
}

async function expectEveryState(): Promise<void> {
	expect(await column(sql`select distinct status from cases`)).toEqual(expect.arrayContaining([...CASE_STATUSES]));
	const reasons = await column(sql`select distinct archive_reason from cases where status = 'archived'`);
	expect(reasons).toEqual(expect.arrayContaining([...ARCHIVE_REASONS]));
	const states = await column(sql`select distinct state from escalations`);
	expect(states).toEqual(expect.arrayContaining(['waiting', 'sent', 'unknown', 'rejected', 'closed']));
	// This story still waits for its reporter, who was reminded.
	expect(await column(sql`select status from cases where title = 'Formulir permintaan data hilang'`)).toEqual([
		'needs_info'
	]);
}

let first: Record<string, unknown[]>;

describe('a demo seeded in the morning', () => {
	useFreshDatabase();
	let seeded: Awaited<ReturnType<typeof seedDemo>>;
	beforeAll(async () => {
		seeded = await seedAt(MORNING);
		first = await contents();
	});

	test('has every status, every reason for archiving and every lasting state of a forward', expectEveryState);

	test('has reports that are overdue, await approval, were sent back, disputed, objected to and restricted', async () => {
		const countOf = async (condition: SQL) =>
			(await column(sql`select count(*)::int from cases where ${condition}`))[0];
		expect(await countOf(sql`due_at < ${MORNING.toISOString()}::timestamptz`)).toBeGreaterThan(3);
		expect(await countOf(sql`restricted`)).toBeGreaterThan(1);
		expect(await countOf(sql`disputes = 1 and status = 'in_progress'`)).toBe(1);
		expect(await countOf(sql`disputes = 2 and status = 'answered'`)).toBe(1);
		expect(await countOf(sql`objection_at is not null`)).toBe(1);
		const drafts = await rows(sql`select kind, state, count(*)::int as n from approvals group by 1, 2`);
		expect(drafts).toEqual(
			expect.arrayContaining([
				expect.objectContaining({ kind: 'answer', state: 'pending' }),
				expect.objectContaining({ kind: 'archive', state: 'pending' }),
				expect.objectContaining({ kind: 'answer', state: 'sent_back' })
			])
		);
	});

	test('stores nothing about the reporter of an anonymous report', async () => {
		const anonymous = await rows(
			sql`select reporter_sealed, reporter_hash, consent_lapor from cases where identity = 'none'`
		);
		expect(anonymous.length).toBeGreaterThan(10);
		for (const row of anonymous)
			expect(row).toEqual({ reporter_sealed: null, reporter_hash: null, consent_lapor: false });
	});

	test('has six officers and four places in every office, and a published standard in Mamuju', async () => {
		const offices = await rows(
			sql`select u.slug, (select count(*)::int from officers o where o.unit_id = u.id and o.position <> 'Kepala kantor') as officers,
				(select count(*)::int from places p where p.unit_id = u.id) as places from units u`
		);
		expect(offices).toHaveLength(7);
		for (const office of offices) expect(office).toMatchObject({ officers: 6, places: 4 });
		const standards = await rows(
			sql`select u.slug, s.kind from services s join units u on u.id = s.unit_id where s.standard is not null`
		);
		expect(standards).toEqual([{ slug: 'mamuju', kind: 'consultation' }]);
	});

	test('has daily sums that equal a recount of the ratings, and officers with too few ratings', async () => {
		expect((await ratingSums()).differing).toEqual([]);
		expect(await column(sql`select count(*)::int from ratings`)).toEqual([1500]);
		const query = { unit: 'mamuju', from: '2025-11-26', to: '2026-11-25' };
		const { items, insufficient } = await leaderboard(await systemActor([]), query);
		expect(items.length).toBeGreaterThanOrEqual(5);
		expect(insufficient.length).toBeGreaterThan(0);
		const means = items.map(({ mean }) => mean);
		expect(Math.max(...means) - Math.min(...means)).toBeGreaterThan(0.5);
	});

	test('has one office with a survey, with answers of several months and its last whole quarter published', async () => {
		const offices = await column(sql`select u.slug from skm_offices o join units u on u.id = o.unit_id where o.active`);
		expect(offices).toEqual(['mamuju']);
		const months = await column(sql`select distinct to_char(day, 'YYYY-MM') from skm_responses`);
		expect(months.length).toBeGreaterThan(5);
		const states = await rows(sql`select state, count(*)::int as n from skm_responses group by 1 order by 1`);
		expect(states).toMatchObject([{ state: 'counted', n: 61 }, { state: 'held' }, { state: 'voided', n: 1 }]);
		const [published] = await rows(sql`select first_day::text, last_day::text, respondents from skm_publications`);
		expect(published).toMatchObject({ first_day: '2026-07-01', last_day: '2026-09-30' });
		expect(Number(published?.respondents)).toBeGreaterThanOrEqual(10);
	});

	test('has no event of today and no queued job', async () => {
		const startOfToday = '2026-11-24T16:00:00Z';
		expect(await column(sql`select count(*)::int from timeline where at >= ${startOfToday}::timestamptz`)).toEqual([0]);
		expect(await column(sql`select count(*)::int from pgboss.job where state < 'active'`)).toEqual([0]);
	});

	test('has no case that is closed or archived automatically on the day of seeding', async () => {
		const statuses = sql`select reference, status from cases order by 1`;
		const before = await rows(statuses);
		await withClock(() => LATE, sweepReporterTurns);
		expect(await rows(statuses)).toEqual(before);
	});

	test('has accounts that open with their printed passwords', async () => {
		const passwords = new Set(seeded.accounts.map(({ password }) => password));
		expect(passwords.size).toBe(seeded.accounts.length);
		for (const { username, password } of seeded.accounts.slice(0, 3)) {
			const [hash] = await column(sql`select password_hash from accounts where username = ${username}`);
			expect(await passwordMatches(String(hash), password)).toBe(true);
		}
	});

	test('has new links at each start, which pair a tablet and a display in Mamuju', async () => {
		const earlier = await demoKioskLinks();
		const links = await demoKioskLinks();
		expect(await requireKioskLink(links?.tablet ?? '')).toMatchObject({ mode: 'tablet' });
		expect(await requireKioskLink(links?.display ?? '')).toMatchObject({ mode: 'display' });
		await expect(requireKioskLink(earlier?.tablet ?? '')).rejects.toThrow(NotFound);
		const kiosk = await pairedKiosk(await pairKiosk(links?.tablet ?? ''));
		expect(kiosk).toMatchObject({ unit: { slug: 'mamuju' }, desk: { code: 'MMJPTG' } });
		await checkKioskPin(kiosk.id, { pin: DEMO_PIN });
	});

	test('refuses a database that has offices', async () => {
		await expect(seedAt(MORNING)).rejects.toThrow(StartError);
	});
});

describe('a demo seeded late on the same day', () => {
	useFreshDatabase();

	test('has the same data', async () => {
		await seedAt(LATE);
		const second = await contents();
		for (const [part, content] of Object.entries(first)) expect(second[part], part).toEqual(content);
	});
});

/** Long holidays, the first days of a year, a quarter and a half-year, and a leap day. */
const OTHER_DAYS = ['2026-12-28', '2027-01-01', '2027-01-04', '2027-03-16', '2027-03-29', '2027-07-01', '2028-02-29'];

describe.runIf(process.env.TEST_DATABASE === 'postgres').each(OTHER_DAYS)('a demo seeded on %s', (day) => {
	useFreshDatabase();
	beforeAll(() => seedAt(new Date(`${day}T00:05:00Z`)));

	test('has every status, every reason for archiving and every lasting state of a forward', expectEveryState);
});
