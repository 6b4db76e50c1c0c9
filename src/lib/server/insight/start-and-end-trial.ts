import { and, eq, inArray, like, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { TRIAL_REQUEST } from '#lib/privacy/requests.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { checked } from '#lib/server/checked.ts';
import { rowsOf, transaction, type Tx } from '#lib/server/db/index.ts';
import { attachments, cases } from '#lib/server/db/schema/cases.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { Conflict } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { lockOffice, setState } from '#lib/server/people/units/opening.ts';
import { isInTrial } from '#lib/server/people/units/trial.ts';

const confirmation = z.object({ confirmed: z.string({ error: 'confirm_missing' }) });

/**
 * Starts the trial of an office (docs/decisions/0044).
 * @throws NotFound if the actor does not administer it · Conflict `invalid-move` if it or an office below it was ever open
 */
export async function startTrial(actor: Actor, unitId: string, raw: unknown): Promise<void> {
	checked(confirmation, raw);
	await transaction(async (tx) => {
		const unit = await lockOffice(tx, actor, unitId);
		if (isInTrial(unit)) return;
		if (unit.state !== 'new') throw new Conflict('invalid-move', { reason: 'trial_too_late' });
		// Who has a role in an office in trial gets no exports or e-mails by it, also not about the offices below.
		const below = and(like(units.path, `${unit.path}%`), inArray(units.state, ['open', 'closed']));
		if ((await tx.$count(units, below)) > 0) throw new Conflict('invalid-move', { reason: 'trial_above_open' });
		await setState(tx, actor, unit, { state: 'trial', action: 'unit.trial_started' });
	});
}

/**
 * Ends the trial of an office and deletes everything that was made in it: rows in one transaction, then their files, which
 * no row names any more. The log keeps what people did. An office that is not in trial is left.
 * @throws NotFound if the actor does not administer it
 */
export async function endTrial(actor: Actor, unitId: string, raw: unknown): Promise<void> {
	checked(confirmation, raw);
	const files = await transaction(async (tx) => {
		// Rows that are being made refer to the office and are committed first; later ones are refused by a trigger.
		const unit = await lockOffice(tx, actor, unitId);
		if (!isInTrial(unit)) return [];
		const ofOffice = eq(cases.unitId, unitId);
		const stored = await tx
			.select({ id: attachments.id })
			.from(attachments)
			.innerJoin(cases, and(eq(cases.id, attachments.caseId), ofOffice));
		const deleted = await deletePractice(tx, unitId);
		await setState(tx, actor, unit, { state: 'new', action: 'unit.trial_ended', after: deleted });
		return stored;
	});
	for (const { id } of files) await fileStore().remove(id);
}

/** Deletes the practice of an office. @returns how many reports, ratings, visits and survey answers there were */
async function deletePractice(tx: Tx, unitId: string) {
	const ofOffice = sql`unit_id = ${unitId}`;
	const counts = {
		cases: await tx.$count(cases, eq(cases.unitId, unitId)),
		ratings: await tx.$count(ratings, eq(ratings.unitId, unitId)),
		visits: await tx.$count(visits, eq(visits.unitId, unitId)),
		surveys: await tx.$count(skmResponses, eq(skmResponses.unitId, unitId))
	};
	const links = await foreignKeys(tx);
	const requests = sql`${ofOffice} and number like ${`${TRIAL_REQUEST}%`}`;
	const aboutRequests = sql`data ->> 'request' in (select id::text from data_requests where ${requests})`;
	await deleteWithDependents(tx, links, 'notices', aboutRequests);
	await deleteWithDependents(tx, links, 'data_requests', requests);
	for (const table of ['cases', 'ratings', 'visits', 'skm_responses'])
		await deleteWithDependents(tx, links, table, ofOffice);
	return counts;
}

type ForeignKey = { child: string; column: string; parent: string; key: string };

/** The foreign keys of the schema, so that no table that is added later can be forgotten. */
const foreignKeys = (tx: Tx): Promise<ForeignKey[]> =>
	rowsOf<ForeignKey>(
		tx,
		sql`select c.conrelid::regclass::text as child, a.attname as column, c.confrelid::regclass::text as parent, k.attname as key
			from pg_constraint c
			join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
			join pg_attribute k on k.attrelid = c.confrelid and k.attnum = c.confkey[1]
			where c.contype = 'f' and c.connamespace = 'public'::regnamespace and c.conrelid <> c.confrelid`
	);

/** Deletes rows and, before them, all rows that depend on them. A row that is not practice never depends on practice. */
async function deleteWithDependents(tx: Tx, links: readonly ForeignKey[], table: string, which: SQL): Promise<void> {
	for (const { child, column, key } of links.filter(({ parent }) => parent === table)) {
		const dependent = sql`${sql.identifier(column)} in (select ${sql.identifier(key)} from ${sql.identifier(table)} where ${which})`;
		await deleteWithDependents(tx, links, child, dependent);
	}
	await tx.execute(sql`delete from ${sql.identifier(table)} where ${which}`);
}
