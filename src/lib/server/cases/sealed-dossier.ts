import { asc, eq } from 'drizzle-orm';
import { fileStore } from '#lib/server/attachments/store.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { NotAllowed } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { changeCase, updateCase } from './move.ts';
import { requireSupervisor } from './visibility.ts';
import { recordEvent } from './timeline.ts';
import { deskCase } from './view.ts';

export type SealedDossier = Awaited<ReturnType<typeof sealedDossier>>;

/**
 * Everything of a restricted report, for one sealed print to the Inspektorat: what was said, by whom as far as the
 * reporter allows it, every file, and the history. Each print is on the timeline and in the log with its maker's name.
 *
 * @throws NotAllowed for a report that is not restricted, and for anybody but its supervisors
 */
export async function sealedDossier(actor: Actor, reference: string) {
	const caseId = await changeCase(actor, reference, undefined, async (tx, { row: before, unit }) => {
		requireSupervisor(actor, before);
		if (!before.restricted) throw new NotAllowed('restricted');
		const row = await updateCase(tx, before);
		await recordEvent(tx, row, { type: 'sealed_print', author: actor, public: false });
		await recordChange(tx, actor, { unitId: unit.id, action: 'case.sealed_print', subject: row.reference });
		return row.id;
	});
	const [shown, files] = await Promise.all([deskCase(actor, reference), filesOf(caseId)]);
	return { shown, files, printedBy: actor.name };
}

/** Includes files of drafts and notes, which are evidence too. `content` is null if the file is missing on the disk. */
async function filesOf(caseId: number) {
	const { id, name, mediaType, bytes, sha256 } = attachments;
	const files = await db()
		.select({ id, name, mediaType, bytes, sha256 })
		.from(attachments)
		.where(eq(attachments.caseId, caseId))
		.orderBy(asc(attachments.at), asc(name));
	return Promise.all(files.map(async (file) => ({ ...file, content: await fileStore().read(file.id) })));
}
