import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { contentHash } from '#lib/server/content-hash.ts';
import { isUuid } from '#lib/text/uuid.ts';
import type { Tx } from './index.ts';
import { isId } from './is-id.ts';
import { lockKey } from './lock-key.ts';

type TableWithId = PgTable & { id: PgColumn };

/**
 * Creates the record of a form. Its id is a hash of all fields, including `submission_id`. If the same form is sent
 * again, for example by a second click, this creates nothing and returns the id. A form with changed fields creates a
 * record of its own, so that nothing typed is dropped. Commands and other systems send no `submission_id`.
 * @param create gets the id, or undefined if the database chooses one
 */
export async function createOnce<T>(
	tx: Tx,
	table: TableWithId,
	raw: unknown,
	create: (id: string | undefined) => Promise<T>
): Promise<T | string> {
	const sent = (raw ?? {}) as Record<string, unknown>;
	if (!isUuid(String(sent.submission_id))) return create(undefined);
	const id = idFrom(contentHash(sent));
	return (await isStored(tx, table, id)) ? id : create(id);
}

/** A UUID of version 8, from the first digits of a hash. */
const idFrom = (hex: string): string => hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');

/** Whether a form has stored the record with this id. Waits if the same form is being stored at the same time. */
export async function isStored(tx: Tx, table: TableWithId, id: string): Promise<boolean> {
	await lockKey(tx, `form/${id}`);
	return (await tx.$count(table, isId(table.id, id))) > 0;
}
