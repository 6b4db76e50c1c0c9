import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { isUuid } from '#lib/text/uuid.ts';
import type { Tx } from './index.ts';
import { isId } from './is-id.ts';
import { lockKey } from './lock-key.ts';

type TableWithId = PgTable & { id: PgColumn };

/**
 * Creates the record of a form, whose `submission_id` becomes the id of the record. If the same form comes again, for
 * example after a second click, it creates nothing and returns the id. Commands and other systems send no such id.
 * @param create gets the id, or undefined if the database chooses one
 */
export async function createOnce<T>(
	tx: Tx,
	table: TableWithId,
	raw: unknown,
	create: (id: string | undefined) => Promise<T>
): Promise<T | string> {
	const sent = String((raw as { submission_id?: unknown } | undefined)?.submission_id);
	if (!isUuid(sent)) return create(undefined);
	return (await isStored(tx, table, sent)) ? sent : create(sent);
}

/** Whether a form with this id has stored its record. Waits if the same form is being stored at the same time. */
export async function isStored(tx: Tx, table: TableWithId, submissionId: string): Promise<boolean> {
	await lockKey(tx, `form/${submissionId}`);
	return (await tx.$count(table, isId(table.id, submissionId))) > 0;
}
