import { and, asc, desc, eq, gt, gte, inArray, isNull, lte, ne, or, sql, type SQL } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { DUPLICATE_DAYS, likelyDuplicates } from '#lib/cases/duplicates.ts';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import type { Channel } from '#lib/cases/vocabulary.ts';
import { firstWords } from '#lib/text/marked.ts';
import { fingerprintOf, type Fingerprint } from '#lib/text/text-similarity.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { caseSearch } from '#lib/server/db/schema/search.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { openDraftState } from '../answers/draft.ts';
import type { CaseRow } from '../find.ts';
import { visibleTo } from '../visibility.ts';

type Source = Pick<CaseRow, 'identity' | 'reporterHash' | 'contentHash' | 'channel'>;

/** Channels of reports whose reporter wrote or spoke to the office from the contact. In the forms of others, anybody can type one. */
const OF_CONTACT: readonly Channel[] = ['email', 'whatsapp', 'sms', 'phone', 'walk_in'];

/**
 * Whether two reports come from one person or have the same content, which includes name and contact. Only then may
 * one be archived as a duplicate of the other. The same contact typed in a form does not show that: a stranger's
 * report with somebody's number must not be able to end that person's report. Two reports with a withheld name never
 * count as from one person: staff could send a second report with a guessed name and contact, and learn from the
 * result whether the guess is right.
 */
export function sameSource(a: Source, b: Source): boolean {
	if (a.identity !== b.identity || a.identity === 'withheld') return false;
	if (a.contentHash === b.contentHash) return true;
	return sharesContact(a, b) && [a, b].every(({ channel }) => OF_CONTACT.includes(channel));
}

const sharesContact = (a: Source, b: Source): boolean => a.reporterHash !== null && a.reporterHash === b.reporterHash;

/**
 * What staff may learn about the senders of two reports. For anonymous reports, this is only that the content is
 * the same. For withheld names, it is nothing.
 */
function sourceOf(a: Source, b: Source): 'same_reporter' | 'same_content' | 'same_contact' | 'other_reporter' | null {
	if (sameSource(a, b)) return a.identity === 'named' ? 'same_reporter' : 'same_content';
	if (a.identity !== 'named' || b.identity !== 'named') return null;
	return sharesContact(a, b) ? 'same_contact' : 'other_reporter';
}

/**
 * Nearest reports in time, before and after, that are always compared. With typing errors, similar texts may have no
 * word in common.
 */
const NEIGHBOURS = 60;
/** Nearest reports in time, before and after, whose common words are counted. */
const COUNTED = 1500;
/** Maximum number of those that are compared: the ones with the most words in common. */
const WORDED = 100;
/** Number of the longest words of the text that are counted. Long words are the most specific. */
const WORDS = 6;
/** Maximum number of compared reports of the same reporter. */
const OWN = 20;

export const comparedText = sql<string>`left(concat_ws(' ', ${cases.title}, ${cases.body}), 1500)`;
export type LikelyDuplicate = Awaited<ReturnType<typeof likelyDuplicatesOf>>[number];

/**
 * Reports that are likely about the same matter as an open report that was found for the actor: of the same office and
 * category, within 14 days, and visible to the actor. Linked reports are not included. For a restricted case, and while
 * processing is restricted, the list is empty.
 */
export async function likelyDuplicatesOf(actor: Actor, row: CaseRow) {
	if (
		row.processingRestrictedAt ||
		row.restricted ||
		row.category === 'integrity' ||
		!OPEN_STATUSES.includes(row.status)
	)
		return [];
	const family = row.mainCaseId ?? row.id;
	const print = fingerprintOf([row.title, row.body].filter(Boolean).join(' ').slice(0, 1500));
	const found = await neighboursOf(actor, row, print);
	const neighbours = found
		.filter((one) => one.id !== family && one.mainCaseId !== family)
		.map((one) => ({
			...one,
			print: fingerprintOf(one.text),
			sameSource: sameSource(row, one),
			days: Math.abs(one.receivedAt.getTime() - row.receivedAt.getTime()) / DAY_MS
		}));
	return likelyDuplicates(print, neighbours).map(({ neighbour, degree, words }) => ({
		reference: neighbour.reference,
		status: neighbour.status,
		draft: neighbour.draft,
		title: neighbour.title ?? firstWords(neighbour.text, 90),
		receivedAt: neighbour.receivedAt,
		/** May be archived as a duplicate. Reports of other people are linked instead. */
		sameSource: neighbour.sameSource,
		source: sourceOf(row, neighbour),
		percent: Math.round(degree * 100),
		words
	}));
}

/** The compared reports: the nearest in time, and those of the whole 14 days with the same words or reporter. */
async function neighboursOf(actor: Actor, row: CaseRow, print: Fingerprint) {
	const span = DUPLICATE_DAYS * DAY_MS;
	const [from, to] = [new Date(row.receivedAt.getTime() - span), new Date(row.receivedAt.getTime() + span)] as const;
	const mayBe = and(
		visibleTo(actor),
		ne(cases.id, row.id),
		eq(cases.restricted, false),
		isNull(cases.processingRestrictedAt),
		inArray(cases.status, [...OPEN_STATUSES, 'answered', 'closed']),
		row.category ? or(eq(cases.category, row.category), isNull(cases.category)) : undefined
	);
	const here = eq(cases.unitId, row.unitId);
	const earlier = and(here, gte(cases.receivedAt, from), lte(cases.receivedAt, row.receivedAt));
	const later = and(here, gt(cases.receivedAt, row.receivedAt), lte(cases.receivedAt, to));
	const nearest = (condition: SQL | undefined, order: SQL, limit: number) =>
		sql`(select ${cases.id} from ${cases} where ${and(condition, mayBe)} order by ${order} limit ${limit})`;
	const around = (limit: number) =>
		sql`${nearest(earlier, desc(cases.receivedAt), limit)} union all ${nearest(later, asc(cases.receivedAt), limit)}`;
	const batches = [around(NEIGHBOURS)];
	const shared = sharedOf(print);
	if (shared)
		batches.push(sql`(select near.id from (${around(COUNTED)}) near join ${caseSearch} on ${caseSearch.caseId} = near.id
			order by ${shared} desc, abs(near.id - ${row.id}), near.id limit ${WORDED})`);
	if (row.identity === 'named' && row.reporterHash) {
		const own = and(or(earlier, later), eq(cases.reporterHash, row.reporterHash));
		batches.push(nearest(own, desc(cases.receivedAt), OWN));
	}
	const { id, mainCaseId, reference, status, title, receivedAt, identity, reporterHash, contentHash, channel } = cases;
	const source = { identity, reporterHash, contentHash, channel };
	const compared = { id, mainCaseId, reference, status, title, receivedAt, ...source };
	// An array: from a subquery, the planner would estimate many ids and read all cases.
	const among = sql`${cases.id} = any (array(${sql.join(batches, sql` union all `)}))`;
	return db()
		.select({ ...compared, draft: openDraftState, text: comparedText })
		.from(cases)
		.where(and(among, mayBe));
}

/** How many of the longest words a document contains, in any form. */
function sharedOf(print: Fingerprint): SQL | undefined {
	const words = [...print.words.values()].sort((a, b) => b.length - a.length || a.localeCompare(b)).slice(0, WORDS);
	const query = (word: string) => sql`plainto_tsquery('simple', ${word}) || plainto_tsquery('indonesian', ${word})`;
	const held = words.map((word) => sql`(${caseSearch.document} @@ (${query(word)}))::int`);
	return held.length > 0 ? sql.join(held, sql` + `) : undefined;
}
