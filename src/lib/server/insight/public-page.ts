import { referenceData } from '#lib/server/reference/reference.ts';
import { z } from 'zod';
import { addDays, localDate } from '#lib/calendar/days.ts';
import {
	COUNT_STEP,
	MIN_PUBLIC_COUNT,
	mergedCounts,
	rounded,
	publicShare,
	type PublicFigures
} from '#lib/cases/public-figures.ts';
import { dueOf, medianOf } from '#lib/cases/figures.ts';
import { CATEGORIES, type Category } from '#lib/cases/vocabulary.ts';
import { selectableKeys, periodOfKey } from '#lib/ratings/period-key.ts';
import type { Period } from '#lib/ratings/period.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { publicFigures, publicPages } from '#lib/server/db/schema/recap.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireAdmin } from '#lib/server/people/administration.ts';
import { recordDifference } from '#lib/server/people/audit.ts';
import { flagField } from '#lib/server/people/form-fields.ts';
import { openOffice, type Unit } from '#lib/server/people/units/find-unit.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { countedForAll } from './board-scope.ts';
import { clocksOf, countsOf, histogramOf, overdueFor, sumOf, sumsWithin } from './measures.ts';

const pageInput = z.object({
	active: flagField,
	changes: z.string({ error: 'admin_line' }).trim().max(1500, 'admin_line').optional()
});

/** The settings of an office's public page, for its administrators. */
export async function publicPageOf(unitId: string): Promise<{ active: boolean; changes: string | null }> {
	const { active = false, changes = null } = (await referenceData()).publicPages.get(unitId) ?? {};
	return { active, changes };
}

/**
 * Switches an office's public page on or off, with an audit entry. Switching it on closes the finished quarters at
 * once.
 *
 * @throws NotFound, NotAllowed · Invalid
 */
export async function changePublicPage(actor: Actor, unitId: string, raw: unknown): Promise<void> {
	requireAdmin(actor, unitId);
	const { active, changes } = checked(pageInput, raw);
	const { code, timeZone } = await unitForAdmin(actor, unitId);
	const before = await publicPageOf(unitId);
	const after = { active, changes: changes || null };
	await transaction(async (tx) => {
		await tx
			.insert(publicPages)
			.values({ unitId, ...after })
			.onConflictDoUpdate({ target: publicPages.unitId, set: after });
		await recordDifference(tx, actor, { unitId, action: 'unit.figures', subject: code }, before, after);
	});
	if (active) await closeQuarters({ id: unitId, timeZone });
}

/** An office's public figures, the newest quarter first. @throws NotFound if the office has no public page */
export async function publicPage(name: string) {
	const unit = await openOffice(name);
	const { active, changes } = await publicPageOf(unit.id);
	if (!active) throw new NotFound(name);
	return {
		changes: (changes ?? '').split(/\r?\n/).flatMap((line) => line.trim() || []),
		quarters: await shownQuarters(unit)
	};
}

/** Answered reports that a quarter needs to be named on the office page. */
const MIN_PROOF = 10;

/**
 * The newest quarter of an office's public page, if at least ten of its reports were answered. Only published figures
 * decide: whether the line is shown must not reveal more than they do. So the lowest count that rounds to the published
 * one is used.
 */
export async function publicProof(unit: Unit) {
	const [newest] = (await publicPageOf(unit.id)).active ? await shownQuarters(unit) : [];
	if (!newest) return undefined;
	const { received, answered, medianDays } = newest.figures;
	if (received === null || answered === null || medianDays === null) return undefined;
	const least = received - Math.floor(COUNT_STEP / 2);
	return least * answered < MIN_PROOF ? undefined : { key: newest.key, answered, medianDays };
}

/** The stored quarters that an office shows, the newest first. */
async function shownQuarters(unit: Unit) {
	const { publicFigures } = await referenceData();
	return closedQuarters(unit.timeZone).flatMap((period) => {
		const figures = publicFigures.get(`${unit.id} ${period.key}`);
		return figures ? [{ ...period, figures }] : [];
	});
}

/** Days after which a quarter is closed. By then most of its reports are answered. */
const CLOSED_AFTER_DAYS = 14;
const QUARTERS_SHOWN = 4;

/** The closed quarters that an office shows, the newest first. */
export function closedQuarters(timeZone: string) {
	const today = localDate(now(), timeZone);
	return selectableKeys(today)
		.quarter.flatMap((key) => {
			const period = periodOfKey(key, today);
			return period && addDays(period.to, CLOSED_AFTER_DAYS) < today ? [{ key, ...period }] : [];
		})
		.slice(0, QUARTERS_SHOWN);
}

/**
 * The public figures of a quarter (docs/decisions/0025). They count reports that all staff of the office may see, are
 * rounded, and contain no small number and nothing about a person.
 */
async function figuresOf(unit: QuarterUnit, period: Period): Promise<PublicFigures> {
	const counting = { units: [unit], counted: countedForAll };
	const [sums, overdue] = await Promise.all([
		sumsWithin(counting, period, 'month'),
		overdueFor(counting, period, unit.timeZone)
	]);
	const received = sumOf(sums, 'received');
	if (received < MIN_PUBLIC_COUNT)
		return { received: null, answered: null, inTime: null, medianDays: null, categories: [], scores: null };
	const status = (value: string) => sumOf(sums, 'received', 'status', value);
	const days = histogramOf(sums, 'answered', 'days');
	const answers = sumOf(sums, 'answered');
	const solution = clocksOf(sums, overdue).find(({ name }) => name === 'solution');
	const categories = countsOf(sums, 'received', 'category').map(({ value, n }) => ({
		value: CATEGORIES.find((one) => one === value) ?? null,
		n
	}));
	const scores = [1, 2, 3, 4, 5].map((score) => sumOf(sums, 'score', 'score', String(score)));
	const scored = scores.reduce((all, n) => all + n, 0);
	const satisfied = publicShare((scores[3] ?? 0) + (scores[4] ?? 0), scored);
	return {
		received: rounded(received),
		answered: publicShare(status('answered') + status('closed'), received),
		inTime: solution ? publicShare(solution.metOnTime, dueOf(solution)) : null,
		medianDays: answers < MIN_PUBLIC_COUNT ? null : (medianOf(days) ?? null),
		categories: mergedCounts<Category>(categories, ['integrity', 'other']).map(({ value, n }) => ({
			value,
			n: rounded(n)
		})),
		scores: satisfied === null ? null : { n: rounded(scored), satisfied }
	};
}

type QuarterUnit = Pick<Unit, 'id' | 'timeZone'>;

/**
 * Closes the finished quarters of an office that are not closed yet. Closed figures never change, because a difference
 * between two versions could reveal a single report.
 */
async function closeQuarters(unit: QuarterUnit): Promise<void> {
	const { publicFigures: before } = await referenceData();
	for (const { key, ...period } of closedQuarters(unit.timeZone)) {
		if (before.has(`${unit.id} ${key}`)) continue;
		const values = { unitId: unit.id, quarter: key, figures: await figuresOf(unit, period) };
		await transaction((tx) => tx.insert(publicFigures).values(values).onConflictDoNothing());
	}
}

/** Runs each night: closes the quarters of all offices with a public page. */
export async function closeAllQuarters(): Promise<void> {
	const { units, publicPages } = await referenceData();
	for (const unit of units) if (publicPages.get(unit.id)?.active) await closeQuarters(unit);
}
