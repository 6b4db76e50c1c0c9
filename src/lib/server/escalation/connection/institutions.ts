import { and, asc, eq, ilike, inArray, or, sql } from 'drizzle-orm';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { laporLists } from '#lib/server/db/schema/lapor.ts';

const columns = { id: laporLists.id, name: laporLists.name };
const isInstitution = eq(laporLists.kind, 'institution');

const RESULTS = 12;
/** LAPOR's ids of institutions, categories, places and accounts. */
export const LAPOR_ID = /^[1-9]\d{0,14}$/;

/** Short forms of agencies' names, with the words that the full name contains. */
const SHORT_FORMS = new Map([
	['pemprov', ['pemerintah', 'prov']],
	['pemkab', ['pemerintah', 'kab']],
	['pemkot', ['pemerintah', 'kota']]
]);

const squeezed = (text: string) => text.trim().replace(/\s+/g, ' ');
const literal = (text: string) => text.replace(/[\\%_]/g, '\\$&');

const nameContains = (word: string) => ilike(laporLists.name, `%${literal(word)}%`);
const nameHasWord = (word: string) => or(nameContains(word), and(...(SHORT_FORMS.get(word) ?? []).map(nameContains)));

/** `more`: how many more match. */
export type InstitutionResults = { items: { id: string; name: string }[]; more: number };

/**
 * Finds institutions whose name contains every typed word, or whose number begins with the text. Names that begin with the
 * text come first. A text of fewer than two characters finds none. Needs no access check, because LAPOR's list is public.
 */
export async function searchInstitutions(typed: string): Promise<InstitutionResults> {
	const text = squeezed(typed).slice(0, 200);
	if (text.length < 2) return { items: [], more: 0 };
	const words = text
		.toLowerCase()
		.split(/[\s,.()/-]+/)
		.filter(Boolean);
	if (words.length === 0) return { items: [], more: 0 };
	const byWords = and(...words.map(nameHasWord));
	const byNumber = /^\d+$/.test(text) ? ilike(laporLists.id, `${text}%`) : undefined;
	const name = sql`lower(${laporLists.name})`;
	const rank = sql`case when ${laporLists.id} = ${text} or ${name} = ${text.toLowerCase()} then 0
		when ${laporLists.name} ilike ${`${literal(text)}%`} then 1
		when ${laporLists.name} ilike ${`%${literal(text)}%`} then 2 else 3 end`;
	const rows = await db()
		.select({ ...columns, all: sql<number>`(count(*) over ())::int` })
		.from(laporLists)
		.where(and(isInstitution, or(byNumber, byWords)))
		.orderBy(rank, asc(sql`length(${laporLists.name})`), asc(laporLists.name), asc(laporLists.id))
		.limit(RESULTS);
	const items = rows.map(({ id, name: named }) => ({ id, name: named }));
	return { items, more: (rows[0]?.all ?? 0) - items.length };
}

export const countInstitutions = (): Promise<number> => db().$count(laporLists, isInstitution);

/** Names of institutions by number. Numbers that are not in the list are omitted. */
export async function institutionNames(ids: readonly string[]): Promise<Map<string, string>> {
	if (ids.length === 0) return new Map();
	const rows = await db()
		.select(columns)
		.from(laporLists)
		.where(and(isInstitution, inArray(laporLists.id, [...ids])));
	return new Map(rows.map(({ id, name }) => [id, name]));
}

/** `id`: undefined if the number is not known. A report in API mode needs it. */
export type Target = { id: number | undefined; name: string };

/**
 * Finds the institution that a handler or another system typed, by LAPOR's number or by name. A number or name that is not
 * in the list, or a name that several institutions have, is returned as typed and without an id. That is enough for manual
 * mode. As long as the list was not read, any number is accepted.
 */
export async function findTarget(on: Database | Tx, typed: string): Promise<Target> {
	const text = squeezed(typed);
	const byNumber = LAPOR_ID.test(text);
	const name = sql`lower(regexp_replace(trim(${laporLists.name}), '\\s+', ' ', 'g'))`;
	const isMatch = byNumber ? eq(laporLists.id, text) : eq(name, text.toLowerCase());
	const rows = await on.select(columns).from(laporLists).where(and(isInstitution, isMatch)).limit(2);
	const [only] = rows.length === 1 ? rows : [];
	const id = only?.id ?? (byNumber && (await on.$count(laporLists, isInstitution)) === 0 ? text : '');
	return { id: LAPOR_ID.test(id) ? Number(id) : undefined, name: only?.name ?? text };
}
