import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { OVER_BUDGET } from '#lib/ratings/vocabulary.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { placeScans } from '#lib/server/db/schema/units.ts';
import { officeIn, type BuiltOffice } from './build-offices.ts';
import { atMinute, ZONE, type PastDays } from './past-days.ts';
import { randomFrom } from './random.ts';
import { planRatings, type PlannedRating } from './rating-plan.ts';
import { countIn } from '#lib/server/ratings/figures/sums.ts';
import { ratingContentHash, ratingSubmissionHash } from '#lib/server/ratings/check-submission.ts';
import { visitEntry } from '#lib/server/visits/entries.ts';
import type { VisitChannel } from '#lib/visits/vocabulary.ts';

const BATCH = 300;
/** Visits without a rating for each visit with one. They determine the response rate. */
const UNRATED_VISITS = 1.6;
const VISIT_CHANNELS: readonly [VisitChannel, ...VisitChannel[]] = [
	'walk_in',
	'walk_in',
	'walk_in',
	'whatsapp',
	'email',
	'web'
];
/** Every n-th rating of the open web was over the rate limit, and waits for a manager's decision. */
const HELD_EVERY = 45;

/** Purposes of visits. They say nothing about the visitors. */
const PURPOSES: readonly [string, ...string[]] = [
	'Data penduduk menurut kecamatan',
	'Data inflasi bulanan',
	'Data luas panen padi',
	'Angka kemiskinan kabupaten',
	'Konsultasi metode sampel untuk skripsi',
	'Buku Kabupaten Dalam Angka',
	'Peta wilayah kerja statistik',
	'Data PDRB menurut lapangan usaha',
	'Rekomendasi survei dinas',
	'Data ketenagakerjaan'
];

export interface StoredRating {
	plan: PlannedRating;
	id: string;
	state: 'counted' | 'held';
}

/**
 * Stores a year of ratings in one transaction, which is ten times faster than submitting each. The daily sums are updated by
 * the same function as for a single rating.
 */
export async function buildRatings(offices: readonly BuiltOffice[], days: PastDays): Promise<StoredRating[]> {
	const planned = planRatings(days);
	const officeOf = ({ office }: PlannedRating) => officeIn(offices, office.slug);
	let web = 0;
	const rows = planned.map((plan) => {
		const held = plan.source === 'web' && ++web % HELD_EVERY === 0;
		return rowOf(plan, officeOf(plan), held);
	});
	await transaction(async (tx) => {
		for (let at = 0; at < rows.length; at += BATCH) await tx.insert(ratings).values(rows.slice(at, at + BATCH));
		for (const row of rows) if (row.state === 'counted') await countIn(tx, row);
		await buildVisits(
			tx,
			planned.map((plan) => ({ plan, office: officeOf(plan) }))
		);
		await buildScans(tx, offices, days);
	});
	return planned.flatMap((plan, index) => {
		const row = rows[index];
		return row ? [{ plan, id: row.id, state: row.state }] : [];
	});
}

function rowOf(plan: PlannedRating, office: BuiltOffice, held: boolean) {
	const officer = plan.officer === null ? null : (office.officers[plan.officer] ?? null);
	const place = plan.scanned === null ? null : office[plan.scanned];
	const input = {
		unit: office.code,
		officer: officer?.id,
		place: place?.code,
		service: plan.service ?? undefined,
		score: plan.score,
		aspects: plan.aspects ?? undefined,
		tags: plan.tags,
		comment: plan.comment ?? undefined,
		submission_id: crypto.randomUUID()
	};
	return {
		id: crypto.randomUUID(),
		unitId: office.id,
		officerId: officer?.id ?? null,
		placeId: place?.id ?? null,
		service: plan.service,
		score: plan.score,
		courtesy: plan.aspects?.courtesy ?? null,
		speed: plan.aspects?.speed ?? null,
		knowledge: plan.aspects?.knowledge ?? null,
		tags: plan.tags,
		comment: plan.comment,
		source: plan.source,
		verified: plan.source === 'visit',
		day: plan.day,
		state: held ? 'held' : 'counted',
		stateReason: held ? OVER_BUDGET : null,
		signals: held ? [OVER_BUDGET] : [],
		submissionHash: ratingSubmissionHash(input),
		contentHash: ratingContentHash(input, office.code, plan.day)
	} satisfies typeof ratings.$inferInsert;
}

async function buildVisits(
	tx: Tx,
	ratingsWithOffice: readonly { plan: PlannedRating; office: BuiltOffice }[]
): Promise<void> {
	const random = randomFrom('kunjungan');
	const rows = ratingsWithOffice.flatMap(({ plan, office }) => {
		if (plan.source !== 'visit') return [];
		const visit = (officer: number | null, day: LocalDate, usedOn: LocalDate | null) => {
			const minute = random.between(8 * 60 + 5, 15 * 60 + 40);
			const begun = minute + random.between(0, 9);
			const channel = random.pick(VISIT_CHANNELS);
			return {
				...visitEntry(crypto.randomUUID(), { id: office.id, timeZone: ZONE }, atMinute(day, minute)),
				service: plan.service,
				officerId: officer === null ? null : (office.officers[officer]?.id ?? null),
				placeId: channel === 'walk_in' ? office.desk.id : null,
				channel,
				purpose: random.chance(0.6) ? random.pick(PURPOSES) : null,
				begunAt: atMinute(day, begun),
				closedAt: atMinute(day, begun + random.between(4, 35)),
				usedOn
			};
		};
		const unrated = random.chance(UNRATED_VISITS % 1) ? Math.ceil(UNRATED_VISITS) : Math.floor(UNRATED_VISITS);
		const others = Array.from({ length: unrated }, () => visit(random.between(0, 3), plan.day, null));
		return [visit(plan.officer, plan.day, plan.day), ...others];
	});
	for (let at = 0; at < rows.length; at += BATCH) await tx.insert(visits).values(rows.slice(at, at + BATCH));
}

const SCANNED_DAYS = 90;

async function buildScans(tx: Tx, offices: readonly BuiltOffice[], days: PastDays): Promise<void> {
	const random = randomFrom('pindaian');
	const open = days.workingDaysSince(addDays(days.today, -SCANNED_DAYS));
	const rows = offices.flatMap(({ box, desk, share }) =>
		[box, desk].flatMap(({ id: placeId }) =>
			open.flatMap((day) => {
				const count = random.between(0, Math.ceil(share / 6));
				return count > 0 ? [{ placeId, day, count }] : [];
			})
		)
	);
	for (let at = 0; at < rows.length; at += BATCH) await tx.insert(placeScans).values(rows.slice(at, at + BATCH));
}
