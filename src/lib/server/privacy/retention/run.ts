import { and, asc, eq, inArray, isNull, notExists } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { destructionItems, destructions } from '#lib/server/db/schema/retention.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { keepNewExceptions } from './candidates.ts';
import { numberOf } from './steps.ts';
import { afterDestruction, destroyPart } from './destroy.ts';

/** Items per transaction. Their cases are locked meanwhile. */
const BATCH = 200;

const waiting = (id: string) =>
	and(eq(destructionItems.destructionId, id), isNull(destructionItems.kept), isNull(destructionItems.destroyedAt));

/**
 * Carries out confirmed destructions in batches. Runs each minute, so a destruction continues where a process was
 * killed: each batch is one transaction, and its items are marked in it. Several processes may run it at once.
 */
export async function runDestructions(batch = BATCH): Promise<void> {
	const running = await db()
		.select({ id: destructions.id })
		.from(destructions)
		.where(eq(destructions.state, 'running'));
	for (const { id } of running) {
		while (await destroyBatch(id, batch));
		// Repeats what a process may have left undone after its last commit.
		await afterDestruction([]);
		await finish(id);
	}
}

/** @returns false if no item waits, apart from those of other processes */
async function destroyBatch(id: string, size: number): Promise<boolean> {
	const destroyed = await transaction(async (tx) => {
		const batch = await waitingItems(tx, id, size);
		if (batch.length === 0) return undefined;
		await keepNewExceptions(tx, id, batch);
		const results = [];
		for (const [part, items] of Map.groupBy(batch, (item) => item.part)) {
			const ids = items.map(({ subjectId }) => subjectId);
			const marked = await tx
				.update(destructionItems)
				.set({ destroyedAt: now() })
				.where(and(waiting(id), eq(destructionItems.part, part), inArray(destructionItems.subjectId, ids)))
				.returning({ id: destructionItems.subjectId });
			const destroyable = marked.map((item) => item.id);
			results.push(await destroyPart(tx, part, destroyable, { destructionId: id }));
		}
		return results;
	});
	if (destroyed) await afterDestruction(destroyed);
	return destroyed !== undefined;
}

const waitingItems = (tx: Tx, id: string, size: number) =>
	tx
		.select({ part: destructionItems.part, subjectId: destructionItems.subjectId })
		.from(destructionItems)
		.where(waiting(id))
		.orderBy(asc(destructionItems.part), asc(destructionItems.subjectId))
		.limit(size)
		.for('update', { skipLocked: true });

async function finish(id: string): Promise<void> {
	await transaction(async (tx) => {
		const [done] = await tx
			.update(destructions)
			.set({ state: 'carried_out', carriedOutAt: now() })
			.where(
				and(
					...[eq(destructions.id, id), eq(destructions.state, 'running')],
					notExists(tx.select().from(destructionItems).where(waiting(id)))
				)
			)
			.returning();
		if (!done) return;
		const entry = { unitId: done.unitId, action: 'destruction.carried_out' as const, subject: await numberOf(done) };
		await recordChange(tx, null, entry);
	});
}
