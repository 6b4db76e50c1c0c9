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
 * The complete content of a restricted report, for a print that goes to the Inspektorat in a sealed envelope. It has
 * the conversation, the history and every file. A withheld name is not included. Each print is recorded on the timeline
 * and in the audit log.
 *
 * @throws NotAllowed if the report is not restricted or the actor is not its supervisor
 */
export async function sealedDossier(actor: Actor, reference: string) {
	const caseId = await changeCase(actor, reference, undefined, async (tx, { row: before, unit }) => {
		const author = requireSupervisor(actor, before);
		if (!before.restricted) throw new NotAllowed('restricted');
		const row = await updateCase(tx, before);
		await recordEvent(tx, row, { type: 'sealed_print', author, public: false });
		await recordChange(tx, actor, { unitId: unit.id, action: 'case.sealed_print', subject: row.reference });
		return row.id;
	});
	const [page, files] = await Promise.all([deskCase(actor, reference), filesOf(caseId)]);
	return { shown: page, files, printedBy: actor.name };
}

/** All files, including those of drafts and notes. `content` is null if the file is missing from the disk. */
async function filesOf(caseId: number) {
	const { id, name, mediaType, bytes, sha256 } = attachments;
	const files = await db()
		.select({ id, name, mediaType, bytes, sha256 })
		.from(attachments)
		.where(eq(attachments.caseId, caseId))
		.orderBy(asc(attachments.at), asc(name));
	return Promise.all(files.map(async (file) => ({ ...file, content: await fileStore().read(file.id) })));
}
