import { and, asc, eq } from 'drizzle-orm';
import { inboxAddress, type InboxChoice } from '#lib/cases/inbox-query.ts';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
import { MOST_VIEWS, viewInput, viewName } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, storedRow, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { savedViews } from '#lib/server/db/schema/desk.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import { accountIdOf, type Actor } from '#lib/server/people/actor.ts';
import { isUuid } from '#lib/text/uuid.ts';

export interface SavedView {
	id: string;
	name: string;
	choice: InboxChoice;
}

/** A person's saved views in their order. An API token has none. */
export async function savedViewsOf(actor: Actor): Promise<SavedView[]> {
	if (!actor.accountId) return [];
	const rows = await rowsOfAccount(db(), actor.accountId);
	return rows.map(({ id, name, query }) => ({ id, name, choice: readInboxChoice(new URLSearchParams(query)) }));
}

const rowsOfAccount = (on: Database | Tx, accountId: string) =>
	on
		.select()
		.from(savedViews)
		.where(eq(savedViews.accountId, accountId))
		.orderBy(asc(savedViews.position), asc(savedViews.id));

/**
 * Changes a person's views. Locks the account, so that changes from two windows run one after the other.
 *
 * @throws NotAllowed for an API token, which has no views
 */
async function withViews<T>(
	actor: Actor,
	work: (tx: Tx, accountId: string, rows: Awaited<ReturnType<typeof rowsOfAccount>>) => Promise<T>
): Promise<T> {
	const accountId = accountIdOf(actor);
	return transaction(async (tx) => {
		await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, accountId)).for('no key update');
		return work(tx, accountId, await rowsOfAccount(tx, accountId));
	});
}

/**
 * Saves a filter of the inbox under a name, at the end of the person's list.
 *
 * @throws Invalid if the name is missing, too long or taken, or if there are 20 already
 */
export async function saveView(actor: Actor, raw: unknown): Promise<SavedView> {
	const { name, query } = checked(viewInput, raw);
	// Unknown parameters and the cursor are not saved.
	const choice = readInboxChoice(new URLSearchParams(query));
	const storedQuery = inboxAddress(choice).split('?')[1] ?? '';
	return withViews(actor, async (tx, accountId, rows) => {
		if (rows.length >= MOST_VIEWS) throw invalid('name', 'view_many', { most: MOST_VIEWS });
		refuseTaken(rows, name);
		const position = (rows.at(-1)?.position ?? 0) + 1;
		const row = await tx
			.insert(savedViews)
			.values({ accountId, name, query: storedQuery, position, createdAt: now() })
			.returning({ id: savedViews.id })
			.then(storedRow);
		return { id: row.id, name, choice };
	});
}

/** @throws NotFound if the view is not the person's, Invalid if another view has the name */
export async function renameView(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { name } = checked(viewName, raw);
	await withViews(actor, async (tx, _, rows) => {
		requireOwn(rows, id);
		refuseTaken(
			rows.filter((row) => row.id !== id),
			name
		);
		await tx.update(savedViews).set({ name }).where(eq(savedViews.id, id));
	});
}

/** Moves a view up or down. At the end of the list it does nothing. @throws NotFound if the view is not the person's */
export async function moveView(actor: Actor, id: string, direction: 'up' | 'down'): Promise<void> {
	await withViews(actor, async (tx, accountId, rows) => {
		requireOwn(rows, id);
		const at = rows.findIndex((row) => row.id === id);
		const to = direction === 'up' ? at - 1 : at + 1;
		const order = rows.map((row) => row.id);
		if (to < 0 || to >= order.length) return;
		order.splice(to, 0, ...order.splice(at, 1));
		for (const [position, view] of order.entries())
			await tx
				.update(savedViews)
				.set({ position: position + 1 })
				.where(and(eq(savedViews.id, view), eq(savedViews.accountId, accountId)));
	});
}

/** Deletes a view. @throws NotFound if the view is not the person's */
export async function deleteView(actor: Actor, id: string): Promise<void> {
	await withViews(actor, async (tx, accountId, rows) => {
		requireOwn(rows, id);
		await tx.delete(savedViews).where(and(eq(savedViews.id, id), eq(savedViews.accountId, accountId)));
	});
}

function requireOwn(rows: readonly { id: string }[], id: string): void {
	if (!isUuid(id) || !rows.some((row) => row.id === id)) throw new NotFound();
}

function refuseTaken(rows: readonly { name: string }[], name: string): void {
	if (rows.some((row) => row.name.toLowerCase() === name.toLowerCase())) throw invalid('name', 'view_taken');
}
