import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { isLocalDate, localDate } from '#lib/calendar/days.ts';
import { seenVersion as version } from '#lib/cases/schema.ts';
import { CASE_PARTS, type DestructionState } from '#lib/privacy/retention.ts';
import { destructionNumber, formatReference, parseReference } from '#lib/text/reference-numbers.ts';
import { hiddenFrom } from '#lib/server/cases/visibility.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { oneRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { destructionItems, destructions } from '#lib/server/db/schema/retention.ts';
import { Conflict, NotAllowed, invalid } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { requireIndependent } from '#lib/server/people/access/independent-accounts.ts';
import { accountIdOf, type Actor } from '#lib/server/people/actor.ts';
import { requireAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { countPart } from './destroy.ts';

type DestructionRow = typeof destructions.$inferSelect;

export async function numberOf({ unitId, number, year }: DestructionRow): Promise<string> {
	return destructionNumber({ number, year, unit: (await referenceData()).unitById.get(unitId)?.code ?? '' });
}

const words = (min: number, max: number) =>
	z.string({ error: 'retention_words' }).trim().min(min, 'retention_words').max(max, 'retention_words');
const day = z.string({ error: 'retention_day' }).refine(isLocalDate, 'retention_day');

/** Changes of one step, and what the audit log says of it. */
interface Step {
	/** The audit log names it `destruction.…`. */
	action: 'decided' | 'counted' | 'recorded' | 'confirmed' | 'cancelled' | 'item_left_out';
	changes: Partial<DestructionRow>;
	reason?: string;
	after?: Record<string, unknown>;
}

/**
 * Makes one step of a destruction, with its audit entry.
 * @param from the states in which the step is allowed
 * @throws NotFound unless the actor administers the root unit · Conflict `stale`, `invalid-move`
 */
async function step(
	actor: Actor,
	id: string,
	seen: number,
	from: readonly DestructionState[],
	work: (tx: Tx, row: DestructionRow, today: string) => Promise<Step> | Step
): Promise<void> {
	await transaction(async (tx) => {
		const row = await tx.select().from(destructions).where(isId(destructions.id, id)).for('update').then(oneRow);
		requireAdmin(actor, row.unitId);
		if (row.version !== seen) throw new Conflict('stale');
		if (!from.includes(row.state)) throw new Conflict('invalid-move', { reason: 'destruction_state' });
		const zone = (await referenceData()).unitById.get(row.unitId)?.timeZone ?? 'UTC';
		const { changes, action, ...logged } = await work(tx, row, localDate(now(), zone));
		await tx
			.update(destructions)
			.set({ ...changes, version: row.version + 1 })
			.where(eq(destructions.id, id));
		const entry = { unitId: row.unitId, action: `destruction.${action}` as const, subject: await numberOf(row) };
		await recordChange(tx, actor, { ...entry, ...logged });
	});
}

/** Refuses a date in the future. */
function requirePast(path: string, date: string, today: string): void {
	if (date > today) throw invalid(path, 'retention_future');
}

const reason = words(5, 500);
const decreeInput = z.object({ decreeNumber: words(3, 80), decreeOn: day, version });

/** Enters the decree by which the destruction was decided. @throws Invalid for a date in the future */
export async function decideDestruction(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { version: seen, ...decree } = checked(decreeInput, raw);
	await step(actor, id, seen, ['proposed'], (_tx, _row, today) => {
		requirePast('decreeOn', decree.decreeOn, today);
		return { action: 'decided', changes: { state: 'decided', ...decree }, after: decree };
	});
}

/** Ends a destruction before it began. Its items can be proposed again. */
export async function cancelDestruction(actor: Actor, id: string, raw: unknown): Promise<void> {
	const input = checked(z.object({ reason, version }), raw);
	await step(actor, id, input.version, ['proposed', 'decided', 'recorded'], () => ({
		action: 'cancelled',
		changes: { state: 'cancelled', cancelReason: input.reason },
		reason: input.reason
	}));
}

/**
 * Leaves all parts of a case out of a destruction, with the reason of the appraisal committee.
 * @throws Invalid if the case is not proposed, or is hidden from the actor
 */
export async function leaveOut(actor: Actor, id: string, raw: unknown): Promise<void> {
	const input = checked(z.object({ reference: z.string().default(''), reason, version }), raw);
	const parsed = parseReference(input.reference);
	const number = parsed ? formatReference(parsed) : '';
	await step(actor, id, input.version, ['proposed', 'decided'], async (tx) => {
		const { destructionId, part, subjectId, kept } = destructionItems;
		const left = await tx
			.update(destructionItems)
			.set({ kept: 'removed', keptReason: input.reason })
			.where(
				and(
					...[eq(destructionId, id), inArray(part, [...CASE_PARTS]), isNull(kept)],
					sql`${subjectId} = (select ${cases.id}::text from ${cases}
						where ${cases.reference} = ${number} and not ${hiddenFrom(actor)})`
				)
			)
			.returning({ part });
		if (left.length === 0) throw invalid('reference', 'retention_not_proposed');
		return { action: 'item_left_out', changes: { dryRun: null }, reason: input.reason, after: { reference: number } };
	});
}

/** The dry run: counts what would go. It can be repeated. Leaving out a case discards it, so it must be repeated. */
export async function countDestruction(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { version: seen } = checked(z.object({ version }), raw);
	await step(actor, id, seen, ['decided'], async (tx) => {
		const groups = await tx
			.select({ part: destructionItems.part, ids: sql<string[]>`array_agg(${destructionItems.subjectId})` })
			.from(destructionItems)
			.where(and(eq(destructionItems.destructionId, id), isNull(destructionItems.kept)))
			.groupBy(destructionItems.part);
		const dryRun: DestructionRow['dryRun'] = {};
		for (const { part, ids } of groups) dryRun[part] = await countPart(tx, part, ids);
		return { action: 'counted', changes: { dryRun } };
	});
}

const recordInput = z.object({
	recordNumber: words(3, 80),
	recordOn: day,
	legalName: words(3, 120),
	legalPosition: words(3, 120),
	supervisionName: words(3, 120),
	supervisionPosition: words(3, 120),
	version
});

/**
 * Enters the record of destruction ("berita acara") with its witnesses from the legal and the supervision unit.
 * @throws Invalid for a date in the future or before the decree, and if both witnesses are one person
 * @throws Conflict `invalid-move` before the dry run
 */
export async function recordDestruction(actor: Actor, id: string, raw: unknown): Promise<void> {
	const input = checked(recordInput, raw);
	const { recordNumber, recordOn } = input;
	const legalWitness = { name: input.legalName, position: input.legalPosition };
	const supervisionWitness = { name: input.supervisionName, position: input.supervisionPosition };
	await step(actor, id, input.version, ['decided'], (_tx, row, today) => {
		if (!row.dryRun) throw new Conflict('invalid-move', { reason: 'dry_run_missing' });
		requirePast('recordOn', recordOn, today);
		if (recordOn < (row.decreeOn ?? '')) throw invalid('recordOn', 'retention_before_decree');
		if (legalWitness.name.toLowerCase() === supervisionWitness.name.toLowerCase())
			throw invalid('supervisionName', 'retention_same_witness');
		const after = { recordNumber, recordOn, legalWitness: input.legalName, supervisionWitness: input.supervisionName };
		const record = { recordNumber, recordOn, legalWitness, supervisionWitness };
		return { action: 'recorded', changes: { state: 'recorded', ...record }, after };
	});
}

/**
 * The first or second confirmation. With the second one the destruction begins and can't be stopped. The page asks for
 * the password, because the browser may be one that somebody left open.
 * @throws NotAllowed if the account confirmed already, or may belong to the same person (`requireIndependent`)
 */
export async function confirmDestruction(actor: Actor, id: string, raw: unknown): Promise<void> {
	const confirmed = z.string({ error: 'confirm_missing' });
	const { version: seen } = checked(z.object({ version, confirmed }), raw);
	const accountId = accountIdOf(actor);
	await step(actor, id, seen, ['recorded'], async (tx, row) => {
		const action = 'confirmed';
		if (!row.firstBy) return { action, changes: { firstBy: accountId, firstAt: now() }, after: { confirmation: 1 } };
		if (row.firstBy === accountId) throw new NotAllowed('destruction_same_person');
		await requireIndependent(tx, [row.firstBy, accountId], { role: 'admin', unitId: row.unitId });
		await enqueue(tx, 'destruction', {});
		const changes = { state: 'running' as const, secondBy: accountId, secondAt: now() };
		return { action, changes, after: { confirmation: 2 } };
	});
}
