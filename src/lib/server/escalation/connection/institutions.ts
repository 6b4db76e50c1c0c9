import { and, asc, eq, ilike, inArray, or, sql } from 'drizzle-orm';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { laporMasters } from '#lib/server/db/schema/lapor.ts';

const columns = { id: laporMasters.id, name: laporMasters.name };
const isInstitution = eq(laporMasters.kind, 'institution');

const FOUND = 12;
const NUMBER = /^[1-9]\d{0,14}$/;

/** How Indonesians shorten the first words of an agency's name, with what its full name then holds. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
	pemprov: ['pemerintah', 'prov'],
	pemkab: ['pemerintah', 'kab'],
	pemkot: ['pemerintah', 'kota']
};

const squeezed = (text: string) => text.trim().replace(/\s+/g, ' ');
const literal = (text: string) => text.replace(/[\\%_]/g, '\\$&');

const holds = (word: string) => ilike(laporMasters.name, `%${literal(word)}%`);
const holdsWord = (word: string) => or(holds(word), SHORT[word] && and(...SHORT[word].map(holds)));

/** `more`: how many more match. */
export type Found = { items: { id: string; name: string }[]; more: number };

/**
 * Institutions whose name holds every word typed, or whose number begins with it; those that begin with the text first. Fewer
 * than two characters find nothing. Needs no access check, because LAPOR's list is public.
 */
export async function searchInstitutions(typed: string, limit = FOUND): Promise<Found> {
	const text = squeezed(typed).slice(0, 200);
	if (text.length < 2) return { items: [], more: 0 };
	const words = text
		.toLowerCase()
		.split(/[\s,.()/-]+/)
		.filter(Boolean);
	if (words.length === 0) return { items: [], more: 0 };
	const byWords = and(...words.map(holdsWord));
	const byNumber = /^\d+$/.test(text) ? ilike(laporMasters.id, `${text}%`) : undefined;
	const name = sql`lower(${laporMasters.name})`;
	const rank = sql`case when ${laporMasters.id} = ${text} or ${name} = ${text.toLowerCase()} then 0
		when ${laporMasters.name} ilike ${`${literal(text)}%`} then 1
		when ${laporMasters.name} ilike ${`%${literal(text)}%`} then 2 else 3 end`;
	const rows = await db()
		.select({ ...columns, all: sql<number>`(count(*) over ())::int` })
		.from(laporMasters)
		.where(and(isInstitution, or(byNumber, byWords)))
		.orderBy(rank, asc(sql`length(${laporMasters.name})`), asc(laporMasters.name), asc(laporMasters.id))
		.limit(limit);
	const items = rows.map(({ id, name: named }) => ({ id, name: named }));
	return { items, more: (rows[0]?.all ?? 0) - items.length };
}

export const countInstitutions = (on: Database | Tx = db()): Promise<number> => on.$count(laporMasters, isInstitution);

/** Names of institutions by number, of those in the list. */
export async function institutionNames(ids: readonly string[]): Promise<Map<string, string>> {
	if (ids.length === 0) return new Map();
	const rows = await db()
		.select(columns)
		.from(laporMasters)
		.where(and(isInstitution, inArray(laporMasters.id, [...ids])));
	return new Map(rows.map(({ id, name }) => [id, name]));
}

/** `id`: undefined if no number is known, which a report by API needs. */
export type Target = { id: number | undefined; name: string };

/**
 * The institution that a handler or another system names, by LAPOR's number or by name. A name that is not in the list, or that
 * several institutions have, is kept as it is, for reports that a person enters by hand.
 */
export async function targetNamed(on: Database | Tx, given: string): Promise<Target> {
	const wanted = squeezed(given);
	const byNumber = NUMBER.test(wanted);
	const name = sql`lower(regexp_replace(trim(${laporMasters.name}), '\\s+', ' ', 'g'))`;
	const isWanted = byNumber ? eq(laporMasters.id, wanted) : eq(name, wanted.toLowerCase());
	const rows = await on.select(columns).from(laporMasters).where(and(isInstitution, isWanted)).limit(2);
	const [only] = rows.length === 1 ? rows : [];
	if (byNumber) return { id: Number(wanted), name: only?.name ?? wanted };
	return { id: only && NUMBER.test(only.id) ? Number(only.id) : undefined, name: only?.name ?? wanted };
}
