import { and, desc, eq } from 'drizzle-orm';
import { isUuid } from '#lib/text/uuid.ts';
import { db } from '#lib/server/db/index.ts';
import { caseExports } from '#lib/server/db/schema/desk.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { fileOf } from './run.ts';

/** The actor's own exports of the last day, the newest first. */
export async function ownExports(actor: Actor) {
	if (!actor.accountId) return [];
	return db()
		.select({
			id: caseExports.id,
			format: caseExports.format,
			query: caseExports.query,
			state: caseExports.state,
			rows: caseExports.rows,
			progress: caseExports.progress,
			bytes: caseExports.bytes,
			createdAt: caseExports.createdAt
		})
		.from(caseExports)
		.where(eq(caseExports.accountId, actor.accountId))
		.orderBy(desc(caseExports.createdAt))
		.limit(20);
}

/** The written file of an export, for its owner alone. @throws NotFound */
export async function ownExport(actor: Actor, id: string) {
	const [row] = isUuid(id)
		? await db()
				.select()
				.from(caseExports)
				.where(
					and(eq(caseExports.id, id), eq(caseExports.accountId, actor.accountId ?? ''), eq(caseExports.state, 'done'))
				)
		: [];
	if (!row) throw new NotFound(id);
	return { file: fileOf(row), format: row.format, bytes: row.bytes ?? 0, createdAt: row.createdAt };
}
