import { and, asc, desc, eq, gt, gte, inArray, isNull, lte, ne, or, sql, type SQL } from 'drizzle-orm';
import { DUPLICATE_DAYS, likelyDuplicates } from '#lib/cases/duplicates.ts';
import { OPEN_STATUSES } from '#lib/cases/status.ts';
import { printOf, type Print } from '#lib/text/likeness.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { caseForActor, type CaseRow } from '../find.ts';
import { openlySameSource } from './same-source.ts';
import { visibleTo } from '../scope.ts';
import { likeWorded } from './similar-words.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Reports compared before and after in time, whatever their words: with typing errors no whole word may be the same. */
const NEIGHBOURS = 60;
/** Reports of the same reporter compared within the 14 days. */
const OWN = 20;

export const comparedText = sql<string>`left(concat_ws(' ', ${cases.title}, ${cases.body}), 1500)`;
const columns = {
	id: cases.id,
	reference: cases.reference,
	status: cases.status,
	receivedAt: cases.receivedAt,
	title: cases.title,
	text: comparedText,
	identity: cases.identity,
	reporterHash: cases.reporterHash,
	contentHash: cases.contentHash,
	mainCaseId: cases.mainCaseId
};
type Candidate = Pick<CaseRow, keyof typeof columns & keyof CaseRow> & { text: string };

export type LikelyDuplicate = Awaited<ReturnType<typeof likelyDuplicatesOf>>[number];

/**
 * Reports that are likely about the same matter as an open one: of the same office and category, within 14 days, and
 * the actor's to see. Those that are linked to it already are not told again; nothing is like a restricted case.
 */
export async function likelyDuplicatesOf(actor: Actor, reference: string) {
	const { row } = await caseForActor(actor, reference);
	if (row.restricted || row.category === 'integrity' || !OPEN_STATUSES.includes(row.status)) return [];
	const family = row.mainCaseId ?? row.id;
	const print = printOf([row.title, row.body].filter(Boolean).join(' ').slice(0, 1500));
	const found = await neighboursOf(actor, row, print);
	const neighbours = found
		.filter((one) => one.id !== family && one.mainCaseId !== family)
		.map((one) => ({
			...one,
			print: printOf(one.text),
			sameSource: openlySameSource(row, one),
			days: Math.abs(one.receivedAt.getTime() - row.receivedAt.getTime()) / DAY
		}));
	return likelyDuplicates(print, neighbours).map(({ neighbour, degree, words }) => ({
		reference: neighbour.reference,
		status: neighbour.status,
		title: neighbour.title ?? neighbour.text.slice(0, 90),
		receivedAt: neighbour.receivedAt,
		/** Same reporter or submission: may be archived as a duplicate. Reports of other people are linked. */
		sameSource: neighbour.sameSource,
		percent: Math.round(degree * 100),
		words
	}));
}

/** The compared reports: the nearest in time, and those of the whole 14 days with the same words or reporter. */
async function neighboursOf(actor: Actor, row: CaseRow, print: Print): Promise<Candidate[]> {
	const span = DUPLICATE_DAYS * DAY;
	const [from, to] = [new Date(row.receivedAt.getTime() - span), new Date(row.receivedAt.getTime() + span)] as const;
	const mayBe = and(
		visibleTo(actor),
		ne(cases.id, row.id),
		eq(cases.restricted, false),
		inArray(cases.status, [...OPEN_STATUSES, 'answered', 'closed']),
		row.category ? or(eq(cases.category, row.category), isNull(cases.category)) : undefined
	);
	const read = (condition: SQL | undefined, order: SQL, limit: number) =>
		db().select(columns).from(cases).where(and(condition, mayBe)).orderBy(order).limit(limit);
	const here = eq(cases.unitId, row.unitId);
	const within = and(here, gte(cases.receivedAt, from), lte(cases.receivedAt, to));
	const worded = async () => {
		const ids = await likeWorded(row, print, [from, to]);
		return ids.length > 0 ? read(and(within, inArray(cases.id, ids)), asc(cases.id), ids.length) : [];
	};
	const [before, after, own, alike] = await Promise.all([
		read(
			and(here, gte(cases.receivedAt, from), lte(cases.receivedAt, row.receivedAt)),
			desc(cases.receivedAt),
			NEIGHBOURS
		),
		read(and(here, gt(cases.receivedAt, row.receivedAt), lte(cases.receivedAt, to)), asc(cases.receivedAt), NEIGHBOURS),
		row.identity === 'named' && row.reporterHash
			? read(and(within, eq(cases.reporterHash, row.reporterHash)), desc(cases.receivedAt), OWN)
			: [],
		worded()
	]);
	return [...new Map([...before, ...after, ...own, ...alike].map((one) => [one.id, one])).values()];
}
