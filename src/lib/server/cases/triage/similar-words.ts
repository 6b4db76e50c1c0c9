import { and, asc, desc, eq, gte, lte, sql, type SQL } from 'drizzle-orm';
import type { Print } from '#lib/text/likeness.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { caseSearch, SLICE_BITS } from '#lib/server/db/schema/search.ts';
import type { CaseRow } from '../find.ts';

/** The longest words of a text are the most specific. A few are also searched in pairs, in case each alone is common. */
const WORDS = 6;
const PAIRED = 2;
/** A word in more reports than this does not distinguish them. */
const COMMON = 1000;
/** Reports compared, those with most of the words first. */
const MOST = 100;
/** Reports may be recorded late, so the range of ids is taken from several reports at each end. */
const ENDS = 50;
/** Nearest slices of ids that are searched. */
const SLICES = 8;

/**
 * Finds, by the word index, the reports of an office received in a time span that share most of the longest words with
 * `row`. The caller must still filter them by `visibleTo`.
 */
export async function likeWorded(
	row: Pick<CaseRow, 'id' | 'unitId' | 'handlingUnitId'>,
	print: Print,
	[from, to]: readonly [Date, Date]
): Promise<number[]> {
	const probes = probesOf(print);
	if (probes.length === 0) return [];
	const { first, last } = await idsWithin(row, from, to);
	const marks = marksOf(row, first, last);
	// "+ 0" keeps the planner from reading every document in the range of ids.
	const within = sql`${caseSearch.caseId} + 0 between ${first} and ${last} and ${caseSearch.caseId} <> ${row.id}`;
	const holding = probes.map(
		(probe) => sql`select array(select ${caseSearch.caseId} from ${caseSearch}
			where ${caseSearch.document} @@ (${marks}::tsquery && ${probe}) and ${within} limit ${COMMON + 1}) as ids`
	);
	const found = await rowsOf<{ id: number }>(
		db(),
		sql`with holding as materialized (${sql.join(holding, sql` union all `)})
			select id::float8 as id from holding, unnest(ids) id where cardinality(ids) <= ${COMMON}
			group by id order by count(*) desc, abs(id - ${row.id}), id limit ${MOST}`
	);
	return found.map(({ id }) => id);
}

/** Queries for the index: each word in its forms, and the longest ones in pairs. */
function probesOf(print: Print): SQL[] {
	const words = [...print.words.values()].sort((a, b) => b.length - a.length || a.localeCompare(b)).slice(0, WORDS);
	const forms = words.map(
		(word) => sql`(plainto_tsquery('simple', ${word}) || plainto_tsquery('indonesian', ${word}))`
	);
	const few = forms.slice(0, PAIRED);
	const pairs = few.flatMap((one, index) => few.slice(index + 1).map((other) => sql`(${one} && ${other})`));
	return [...forms, ...pairs];
}

/** The range of ids of the reports in a time span, by the index on `received_at`. */
async function idsWithin({ id, unitId }: Pick<CaseRow, 'id' | 'unitId'>, from: Date, to: Date) {
	const end = (order: SQL) =>
		db()
			.select({ id: cases.id })
			.from(cases)
			.where(and(eq(cases.unitId, unitId), gte(cases.receivedAt, from), lte(cases.receivedAt, to)))
			.orderBy(order)
			.limit(ENDS);
	const [earliest, latest] = await Promise.all([end(asc(cases.receivedAt)), end(desc(cases.receivedAt))]);
	const ids = (rows: readonly { id: number }[]) => [id, ...rows.map((row) => row.id)];
	return { first: Math.min(...ids(earliest)), last: Math.max(...ids(latest)) };
}

/** The marks of an office's documents in the slices between two ids; of many slices, the nearest to the report. */
function marksOf(row: Pick<CaseRow, 'id' | 'unitId' | 'handlingUnitId'>, first: number, last: number): string {
	const own = row.id >> SLICE_BITS;
	const lowest = Math.max(first >> SLICE_BITS, own - SLICES / 2);
	const highest = Math.min(last >> SLICE_BITS, own + SLICES / 2);
	const slices = Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
	const offices = [...new Set([row.unitId, row.handlingUnitId])];
	return offices.flatMap((office) => slices.map((slice) => `'#o${office}/${slice}'`)).join(' | ');
}
