import { and, desc, eq, ne, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { db } from '#lib/server/db/index.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { CaseRow } from '../find.ts';
import { visibleTo } from '../visibility.ts';

/** Reports listed per relation. The search of the inbox finds more. */
const SHOWN = 5;

async function latest(actor: Actor, row: CaseRow, same: SQL | undefined) {
	const { reference, title, kind, status, receivedAt } = cases;
	const excerpt = sql<string>`left(${cases.body}, 120)`;
	return db()
		.select({ reference, title, kind, status, receivedAt, excerpt, timeZone: units.timeZone })
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(same, ne(cases.id, row.id), visibleTo(actor)))
		.orderBy(desc(cases.id))
		.limit(SHOWN);
}

const own = alias(caseOfficers, 'own');

/** Condition for reports that name the same officer. Proposed names do not count. */
const sameOfficer = ({ id }: CaseRow) =>
	sql`${cases.id} = any (array(select ${caseOfficers.caseId} from ${caseOfficers}
		inner join ${caseOfficers} ${own} on ${own.officerId} = ${caseOfficers.officerId}
		where ${own.caseId} = ${id} and ${own.state} = 'named' and ${caseOfficers.state} = 'named'))`;

/**
 * The latest other reports with the same place, officer or reporter, and the parts of a split report, as far as the
 * actor may see them. Only reports with an open name are compared by reporter. Otherwise a named report would reveal a
 * withheld reporter.
 */
export async function relatedCases(actor: Actor, row: CaseRow) {
	const named = row.identity === 'named' && row.reporterHash;
	const [place, officer, reporter, parts, origin] = await Promise.all([
		row.placeId ? latest(actor, row, eq(cases.placeId, row.placeId)) : [],
		latest(actor, row, sameOfficer(row)),
		named ? latest(actor, row, and(eq(cases.reporterHash, named), eq(cases.identity, 'named'))) : [],
		latest(actor, row, eq(cases.splitFromId, row.id)),
		row.splitFromId ? latest(actor, row, eq(cases.id, row.splitFromId)) : []
	]);
	return { place, officer, reporter, split: [...origin, ...parts] };
}
