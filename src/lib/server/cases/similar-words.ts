import { and, asc, desc, eq, gte, lte, sql, type SQL } from 'drizzle-orm';
import type { Print } from '../../text/likeness.ts';
import { db, rowsOf } from '../db/index.ts';
import { cases } from '../db/schema/cases.ts';
import { caseSearch, SLICE_BITS } from '../db/schema/search.ts';
import type { CaseRow } from './find.ts';

/** The longest words of a text tell most of it; a few of them by twos as well, for where each alone is common. */
const WORDS = 6;
const PAIRED = 2;
/** Words that more reports of the span hold tell none of them from the others. */
const COMMON = 1000;
/** So many are compared, those first that hold most of the words. */
const MOST = 100;
/** A report of that time may have been written down later: a span of numbers is read off several at its ends. */
const ENDS = 50;
/** So many slices of ids, the nearest, are searched. */
const SLICES = 8;

/**
 * The reports of an office received in a span that hold most of the telling words of one, by the index of words. Which of
 * them somebody may see has still to be asked.
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
	// Plus nothing, so that the numbers are no way to read every document between them.
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

/** What is asked of the index: each word in its forms, and the longest ones two by two. */
function probesOf(print: Print): SQL[] {
	const words = [...print.words.values()].sort((a, b) => b.length - a.length || a.localeCompare(b)).slice(0, WORDS);
	const forms = words.map(
		(word) => sql`(plainto_tsquery('simple', ${word}) || plainto_tsquery('indonesian', ${word}))`
	);
	const few = forms.slice(0, PAIRED);
	const pairs = few.flatMap((one, index) => few.slice(index + 1).map((other) => sql`(${one} && ${other})`));
	return [...forms, ...pairs];
}

/** The numbers between which the reports of a span lie, by the index of what was received when. */
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

/** The marks of an office's documents in the slices between two numbers, the nearest to the report where there are many. */
function marksOf(row: Pick<CaseRow, 'id' | 'unitId' | 'handlingUnitId'>, first: number, last: number): string {
	const own = row.id >> SLICE_BITS;
	const lowest = Math.max(first >> SLICE_BITS, own - SLICES / 2);
	const highest = Math.min(last >> SLICE_BITS, own + SLICES / 2);
	const slices = Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
	const offices = [...new Set([row.unitId, row.handlingUnitId])];
	return offices.flatMap((office) => slices.map((slice) => `'#o${office}/${slice}'`)).join(' | ');
}
