import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { destructionItems } from '#lib/server/db/schema/retention.ts';
import { Conflict, Invalid, NotAllowed } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { countPart } from './destroy.ts';

import { day, requirePast, step, version, words, type DestructionRow } from './step.ts';

/** The dry run: counts what would go. It can be repeated. Leaving out an item makes another one necessary. */
export async function countDestruction(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { version: seen } = checked(z.object({ version }), raw);
	await step(actor, id, seen, ['decided'], async (tx) => {
		const groups = await tx
			.select({ part: destructionItems.part, ids: sql<string[]>`array_agg(${destructionItems.subjectId})` })
			.from(destructionItems)
			.where(and(eq(destructionItems.destructionId, id), isNull(destructionItems.kept)))
			.groupBy(destructionItems.part);
		const dryRun: DestructionRow['dryRun'] = {};
		for (const { part, ids } of groups) dryRun[part] = await countPart(part, ids, tx);
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
		if (recordOn < (row.decreeOn ?? '')) throw new Invalid([{ path: 'recordOn', code: 'retention_before_decree' }]);
		if (legalWitness.name.toLowerCase() === supervisionWitness.name.toLowerCase())
			throw new Invalid([{ path: 'supervisionName', code: 'retention_same_witness' }]);
		const after = { recordNumber, recordOn, legalWitness: input.legalName, supervisionWitness: input.supervisionName };
		const record = { recordNumber, recordOn, legalWitness, supervisionWitness };
		return { action: 'recorded', changes: { state: 'recorded', ...record }, after };
	});
}

/**
 * The first or second confirmation. With the second one the destruction begins and can't be stopped.
 * @throws NotAllowed if the account confirmed already
 */
export async function confirmDestruction(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { version: seen } = checked(z.object({ version, confirmed: z.string({ error: 'confirm_missing' }) }), raw);
	const { accountId } = actor;
	if (!accountId) throw new NotAllowed('account');
	await step(actor, id, seen, ['recorded'], async (tx, row) => {
		const action = 'confirmed';
		if (!row.firstBy) return { action, changes: { firstBy: accountId, firstAt: now() }, after: { confirmation: 1 } };
		if (row.firstBy === accountId) throw new NotAllowed('destruction_same_person');
		await enqueue(tx, 'destruction', {});
		const changes = { state: 'running' as const, secondBy: accountId, secondAt: now() };
		return { action, changes, after: { confirmation: 2 } };
	});
}
