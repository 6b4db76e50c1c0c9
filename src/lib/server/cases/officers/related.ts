import { and, desc, eq, ne, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { db } from '#lib/server/db/index.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { CaseRow } from '../find.ts';
import { visibleTo } from '../scope.ts';

/** How many of each are named; more are found by the inbox's search. */
const SHOWN = 5;

const columns = {
	reference: cases.reference,
	title: cases.title,
	body: cases.body,
	kind: cases.kind,
	status: cases.status,
	receivedAt: cases.receivedAt,
	timeZone: units.timeZone
};

export type RelatedCase = Omit<Awaited<ReturnType<typeof latest>>[number], 'body'> & { excerpt: string };

async function latest(actor: Actor, row: CaseRow, same: SQL) {
	return db()
		.select(columns)
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(same, ne(cases.id, row.id), visibleTo(actor)))
		.orderBy(desc(cases.id))
		.limit(SHOWN);
}

const shown = (found: Awaited<ReturnType<typeof latest>>): RelatedCase[] =>
	found.map(({ body, ...rest }) => ({ ...rest, excerpt: body.slice(0, 120) }));

const own = alias(caseOfficers, 'own');

/**
 * Reports that name an officer whom this one names, chosen by their reporters or said by staff; what a text only seems to
 * say names nobody until a person has decided.
 */
const sameOfficer = ({ id }: CaseRow) =>
	sql`${cases.id} = any (array(select ${caseOfficers.caseId} from ${caseOfficers}
		inner join ${caseOfficers} ${own} on ${own.officerId} = ${caseOfficers.officerId}
		where ${own.caseId} = ${id} and ${own.state} = 'named' and ${caseOfficers.state} = 'named'))`;

/**
 * The latest other reports of the same place, about the same officer, from the same reporter, and those split from each
 * other, as far as the actor may see them. A reporter is recognised among reports with a name alone: beside one of them,
 * a withheld identity would be told.
 */
export async function relatedCases(actor: Actor, row: CaseRow) {
	const reporter = row.identity === 'named' && row.reporterHash;
	const [place, officer, sameReporter, parts, origin] = await Promise.all([
		row.placeId ? latest(actor, row, eq(cases.placeId, row.placeId)) : [],
		latest(actor, row, sameOfficer(row)),
		reporter ? latest(actor, row, and(eq(cases.reporterHash, reporter), eq(cases.identity, 'named')) as SQL) : [],
		latest(actor, row, eq(cases.splitFromId, row.id)),
		row.splitFromId ? latest(actor, row, eq(cases.id, row.splitFromId)) : []
	]);
	return {
		place: shown(place),
		officer: shown(officer),
		reporter: shown(sameReporter),
		split: shown([...origin, ...parts])
	};
}
