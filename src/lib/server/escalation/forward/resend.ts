import { openReporter } from '#lib/server/cases/reporter.ts';
import { moveCase } from '#lib/server/cases/move.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { Conflict } from '#lib/server/errors.ts';
import { mayCarryIdentity } from './compose.ts';
import { recordEscalation } from '../events.ts';
import { filesOf } from './files.ts';
import { openForward, requireNoneOpen, type Forwarding } from './forward.ts';
import { factsOfRow } from './report-source.ts';
import { changeEscalation, isResendable, lockEscalationForActor, type EscalationRow, type Locked } from '../rows.ts';
import { resendInput } from '../schema.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/**
 * Sends a case again on a person's request, with edited text if wished: closes the row (see `isResendable`) and opens
 * `nn + 1`. The history stays, unchanged values are kept, and files are not uploaded again.
 *
 * @returns the new row
 * @throws NotFound · Conflict `invalid-move` · Invalid
 */
export async function resendEscalation(actor: Actor, id: string, raw: unknown): Promise<EscalationRow> {
	const input = checked(resendInput, raw);
	return transaction(async (tx) => {
		const locked = await lockEscalationForActor(tx, actor, id);
		const { escalation: before, row: caseBefore, unit } = locked;
		if (!isResendable(before))
			throw new Conflict('invalid-move', {
				status: caseBefore.status,
				version: caseBefore.version,
				reason: `escalation_${before.state}`
			});
		const row = await moveCase(tx, caseBefore, 'escalate');
		await supersede(tx, { ...locked, row }, actor);
		await requireNoneOpen(tx, row);
		return openForward(tx, actor, { row, unit }, await carriedOver(tx, locked, input));
	});
}

async function supersede(tx: Tx, locked: Locked, actor: Actor): Promise<void> {
	if (locked.escalation.state === 'closed') return;
	const escalation = await changeEscalation(tx, locked.escalation, {
		state: 'closed',
		closedAt: now(),
		nextAttemptAt: null,
		nextPollAt: null,
		task: null,
		taskText: null,
		taskAt: null
	});
	await recordEscalation(tx, { ...locked, escalation }, 'escalation_closed', actor, { superseded: true });
}

async function carriedOver(
	tx: Tx,
	{ escalation: before, row }: Locked,
	input: Pick<
		Forwarding,
		| 'reason'
		| 'title'
		| 'content'
		| 'solution'
		| 'incident_on'
		| 'institution'
		| 'attachments'
		| 'checks'
		| 'keep_marks'
	>
): Promise<Forwarding> {
	const facts = factsOfRow(before);
	const files = await filesOf(tx, before.id);
	// If the refusal was about files, their ids may be wrong, so they are uploaded again.
	const filesRefused = before.state === 'rejected' && /attachment|lampiran/i.test(before.reasonText ?? '');
	const known = files.flatMap((file) => (file.remoteId && !filesRefused ? [[file.id, file.remoteId] as const] : []));
	const consent = before.withIdentity && mayCarryIdentity(row);
	const reporter = consent ? await openReporter(before.identitySealed) : null;
	return {
		...input,
		purpose: before.purpose,
		title: input.title ?? before.title,
		content: input.content ?? before.content,
		solution: input.solution ?? facts.solution ?? '',
		incident_on: input.incident_on ?? facts.incidentOn ?? '',
		institution:
			input.institution || (facts.institutionId ? String(facts.institutionId) : (before.institution ?? undefined)),
		consent,
		reporter: reporter
			? { name: reporter.name ?? undefined, email: reporter.email ?? undefined, phone: reporter.phone ?? undefined }
			: undefined,
		attachments: files.map((file) => file.id).filter((one) => input.attachments?.includes(one) ?? true),
		remoteIds: new Map(known)
	};
}
