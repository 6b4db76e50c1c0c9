import { and, desc, eq, ne, not, sql, type SQL } from 'drizzle-orm';
import { alias, unionAll } from 'drizzle-orm/pg-core';
import { db } from '#lib/server/db/index.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isTrialUnit, notInTrial } from '#lib/server/people/units/trial.ts';
import { openDraftState } from '../answers/draft.ts';
import type { CaseRow } from '../find.ts';
import { visibleTo } from '../visibility.ts';

/** Reports listed per relation. The search of the inbox finds more. */
const SHOWN = 5;

type Relation = 'place' | 'officer' | 'contact' | 'part' | 'origin';

/** Query of the latest other reports with the condition `same`. */
function latest(actor: Actor, row: CaseRow, relation: Relation, same: SQL | undefined) {
	const { id, reference, title, kind, status, receivedAt } = cases;
	const excerpt = sql<string>`left(${cases.body}, 120)`;
	return db()
		.select({
			relation: sql<Relation>`${relation}::text`,
			id,
			shown: { reference, title, kind, status, draft: openDraftState, receivedAt, excerpt, timeZone: units.timeZone }
		})
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
 * The latest other reports with the same place, officer or contact, and the parts of a split report, as far as the
 * actor may see them. Only reports with an open name are compared by contact. Otherwise a named report would reveal a
 * withheld reporter. Practice is not compared with real reports.
 */
export async function relatedCases(actor: Actor, row: CaseRow) {
	const named = row.identity === 'named' && row.reporterHash;
	const real = notInTrial(cases.unitId);
	const alike = (await isTrialUnit(row.unitId)) ? not(real) : real;
	const sameContact = and(eq(cases.reporterHash, named || ''), eq(cases.identity, 'named'), alike);
	const found = await unionAll(
		latest(actor, row, 'officer', sameOfficer(row)),
		latest(actor, row, 'part', eq(cases.splitFromId, row.id)),
		...(row.placeId ? [latest(actor, row, 'place', eq(cases.placeId, row.placeId))] : []),
		...(named ? [latest(actor, row, 'contact', sameContact)] : []),
		...(row.splitFromId ? [latest(actor, row, 'origin', eq(cases.id, row.splitFromId))] : [])
	);
	found.sort((a, b) => b.id - a.id);
	const those = (wanted: Relation) => found.filter(({ relation }) => relation === wanted).map(({ shown }) => shown);
	const split = [...those('origin'), ...those('part')];
	return { place: those('place'), officer: those('officer'), contact: those('contact'), split };
}
