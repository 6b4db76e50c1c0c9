import { and, eq, gt, lt, ne } from 'drizzle-orm';
import { z } from 'zod';
import { instantAt, localDate } from '#lib/calendar/days.ts';
import { checked } from '#lib/server/checked.ts';
import { invalidMove, refuseWhileProcessingRestricted } from '#lib/server/cases/move.ts';
import { now } from '#lib/server/clock.ts';
import { oneRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { escalationFollowups, escalations, escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { Conflict, Invalid, invalid } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isByHand } from './connection/lapor-client.ts';
import { sendAgain, toClosed, toSent } from './delivery/after-attempt.ts';
import { withdrawForward } from './delivery/withdraw-forward.ts';
import type { FollowupRow } from './followups/followups.ts';
import { personalDataIn } from './forward/personal-data.ts';
import {
	changeEscalation,
	changeWithEntry,
	hasLostNumber,
	lockEscalation,
	lockEscalationForActor,
	LOST_NUMBER,
	recordEscalation,
	requireUnusedLaporNumber,
	wasAnsweredWith,
	type EscalationRow
} from './rows.ts';
import { cancelInput, manualStatusInput, resolutionInput, settleInput } from './schema.ts';
import { dropFollowupTasks, NO_TASK, raiseTask } from './tasks.ts';
import { applyStatus, meaningOf } from './tracking/apply-status.ts';

/** States in which nothing is being sent and the row has no number, so that a person may record that LAPOR has the report. */
const WITHOUT_NUMBER: readonly EscalationRow['state'][] = ['waiting', 'stuck', 'unknown', 'rejected'];

/**
 * Records a person's decision about a report: found at LAPOR with its number (-> sent), or absent (-> waiting with the
 * same `nn`, so the report is sent again, or -> closed, see `withdrawForward`). Both are possible for unknown
 * rows and for waiting rows of manual mode. At the desk each other row without a number can be found too (see
 * `mayBeFound`), unless a worker has claimed it or another row replaced it; after that no worker claims it. The timeline records the decision with
 * name and reason.
 *
 * @throws NotFound · Conflict `invalid-move` · Invalid
 */
export async function resolveEscalation(actor: Actor, id: string, raw: unknown): Promise<EscalationRow> {
	const input = checked(resolutionInput, raw);
	return transaction(async (tx) => {
		const locked = await lockEscalationForActor(tx, actor, id);
		const { escalation: before, row, unit } = locked;
		const isOpen = before.state === 'unknown' || (before.mode === 'manual' && before.state === 'waiting');
		const decidable = isOpen || (input.outcome === 'found' && (await mayBeFound(tx, actor, before)));
		const refused = input.outcome === 'absent' && before.state === 'unknown' && !before.absentOffered;
		if (!decidable || refused) throw invalidMove(row, refused ? 'exists_at_lapor' : before.state);
		const { outcome, reason } = input;
		const laporId = input.lapor_id ?? '';
		if (outcome === 'found') await requireUnusedLaporNumber(tx, actor, before, laporId);
		else refuseWhileProcessingRestricted(row);
		await recordEscalation(tx, locked, 'escalation_resolved', actor, {
			outcome,
			reason,
			lapor_id: outcome === 'found' ? laporId : undefined
		});
		if (outcome === 'found') {
			const at = input.at ? momentOf(input.at, unit.timeZone) : undefined;
			await takeNumberFromOthers(tx, before, laporId);
			return toSent(tx, locked, laporId, actor, { at, how: wasAnsweredWith(before, laporId) ? {} : { by: 'person' } });
		}
		const withdrawn = await withdrawForward(tx, locked);
		if (withdrawn) return withdrawn;
		if (before.mode === 'api') return sendAgain(tx, locked, actor);
		const none = { reasonCode: null, reasonText: null, createStartedAt: null };
		return changeEscalation(tx, before, { state: 'waiting', waitingSince: now(), ...none });
	});
}

/**
 * Whether the desk may record the number of a row that LAPOR's API was to get, or that was cancelled while a person copied it.
 * Other systems may not. A transfer by API is left out, because its number ends the case: one person could end a complaint with
 * an invented number.
 */
async function mayBeFound(tx: Tx, actor: Actor, row: EscalationRow): Promise<boolean> {
	if (actor.scopes !== null || (row.mode === 'api' && row.purpose === 'transfer')) return false;
	if (WITHOUT_NUMBER.includes(row.state)) return true;
	const later = and(eq(escalations.caseId, row.caseId), gt(escalations.nn, row.nn));
	return row.state === 'closed' && row.reasonCode === CANCELLED && (await tx.$count(escalations, later)) === 0;
}

/** The reason of a forward that a person took back before it was copied. */
const CANCELLED = 'cancelled';

/**
 * Ends the exchange with LAPOR of other cases' forwards that have this number, and gives each the task to look there. The
 * news of the number is about this report, so the reporters of those cases must not read it.
 */
async function takeNumberFromOthers(tx: Tx, { caseId }: EscalationRow, laporId: string): Promise<void> {
	const isOther = and(eq(escalations.laporId, laporId), ne(escalations.caseId, caseId));
	for (const { id } of await tx.select({ id: escalations.id }).from(escalations).where(isOther)) {
		const other = await lockEscalation(tx, id);
		if (other.row.destroyedAt || other.escalation.laporId !== laporId || hasLostNumber(other.escalation)) continue;
		const set = { nextPollAt: null, reasonCode: LOST_NUMBER, reasonText: null };
		const escalation = await changeEscalation(tx, other.escalation, set);
		await raiseTask(tx, { ...other, escalation }, 'gone');
	}
}

/**
 * The moment of a date entered by hand: noon of that day. For today it is the present time, because noon may be in the
 * future. On the day of `earliest`, at least `earliest`, because the form asks for no time.
 */
function momentOf(entered: { day: string } | { at: Date }, zone: string, earliest: Date | null = null): Date {
	if ('at' in entered) return entered.at;
	const { day } = entered;
	const today = localDate(now(), zone);
	if (day > today) throw invalid('at', 'escalation_at_ahead');
	const moment = day === today ? now() : instantAt(day, '12:00', zone);
	return earliest && earliest > moment && localDate(earliest, zone) === day ? earliest : moment;
}

/**
 * Cancels a report that waits to be copied by hand and was prepared by mistake. The case then counts as not forwarded, unless
 * it has another forward. It stays in progress, with its handler.
 *
 * @throws NotFound · Conflict `invalid-move` · Invalid
 */
export async function cancelForward(actor: Actor, id: string, raw: unknown): Promise<EscalationRow> {
	const { reason: note } = checked(cancelInput, raw);
	return transaction(async (tx) => {
		const locked = await lockEscalationForActor(tx, actor, id);
		const { mode, state } = locked.escalation;
		if (mode !== 'manual' || state !== 'waiting') throw invalidMove(locked.row, state);
		return toClosed(tx, locked, actor, { reason: CANCELLED, note }, { reasonCode: CANCELLED, reasonText: null });
	});
}

/**
 * Records a status that a person enters in manual mode or without a configured API, with LAPOR's note and the time of
 * the change. A text that a person types never becomes the answer (docs/decisions/0014): Selesai is a task to write it.
 *
 * @throws NotFound · Conflict `invalid-move` · Invalid: an unknown name, a date before the report or the latest news,
 * or personal data in the note
 */
export async function setManualStatus(actor: Actor, id: string, raw: unknown): Promise<EscalationRow> {
	const input = checked(manualStatusInput, raw);
	return transaction(async (tx) => {
		const locked = await lockEscalationForActor(tx, actor, id);
		const { escalation: before, row, unit } = locked;
		if (!isByHand(before) || (before.state !== 'sent' && before.state !== 'closed'))
			throw invalidMove(row, before.state);
		const meaning = await meaningOf(tx, input.status_name);
		if (!meaning) throw invalid('status_name', 'escalation_status_name');
		const at = momentOf(input.at, unit.timeZone, before.laporNewsAt ?? row.receivedAt);
		if (before.laporNewsAt && at < before.laporNewsAt) throw invalid('at', 'escalation_at_older');
		if (at < row.receivedAt) throw invalid('at', 'escalation_at_before_report');
		const note = input.note ?? '';
		// The reporter reads the note.
		const personal = input.keep_marks ? [] : await personalDataIn(tx, row, { note });
		if (personal.length > 0) throw new Invalid(personal);
		await tx.insert(escalationUpdates).values({
			escalationId: before.id,
			remoteKey: `manual:${before.version}`,
			kind: 'status',
			at,
			statusName: input.status_name,
			content: note,
			raw: { entered_by: actor.accountId, status_name: input.status_name, note },
			receivedAt: now(),
			appliedAt: now()
		});
		return applyStatus(tx, locked, { name: input.status_name, meaning, at, note, byHand: true }, actor);
	});
}

/**
 * Marks the task of a row as done.
 * @throws NotFound · Conflict `invalid-move` if the row has no task, `stale` if the person saw another task
 */
export async function settleTask(actor: Actor, id: string, raw: unknown): Promise<EscalationRow> {
	const { reason, raised } = checked(settleInput, raw);
	return transaction(async (tx) => {
		const locked = await lockEscalationForActor(tx, actor, id);
		const { task, taskAt } = locked.escalation;
		if (!task) throw invalidMove(locked.row, 'no_task');
		if (raised !== taskAt?.toISOString()) throw new Conflict('stale', { changes: ['escalation_task'] });
		const data = { task, reason: reason || undefined };
		return changeWithEntry(tx, locked, NO_TASK, 'escalation_task_settled', actor, data);
	});
}

const followupInput = z.object({
	followup: z.uuid('escalation_followup'),
	/** `sent`: the follow-up is at LAPOR. `again`: send it once more. */
	outcome: z.enum(['sent', 'again'], { error: 'escalation_outcome_invalid' })
});

/**
 * Records a person's decision about an unknown or rejected follow-up: it is at LAPOR, or it is sent again. In manual
 * mode or without a configured API, a person also marks a waiting follow-up as entered at LAPOR, in order. In manual mode
 * a person can take that back.
 *
 * @throws NotFound · Conflict `invalid-move`, also if an earlier follow-up still waits or the report has no number yet
 */
export async function settleFollowup(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { followup: followupId, outcome } = checked(followupInput, raw);
	await transaction(async (tx) => {
		const locked = await lockEscalationForActor(tx, actor, id);
		const { escalation, row } = locked;
		const isThisFollowup = and(eq(escalationFollowups.id, followupId), eq(escalationFollowups.escalationId, id));
		const followup = await tx.select().from(escalationFollowups).where(isThisFollowup).then(oneRow);
		const reason = await whyRefused(tx, escalation, followup, outcome);
		if (reason) throw invalidMove(row, reason);
		const set =
			outcome === 'sent' ? { state: 'sent', sentAt: now() } : { state: 'waiting', sentAt: null, nextAttemptAt: now() };
		await tx
			.update(escalationFollowups)
			.set({ ...set, reasonCode: null, reasonText: null })
			.where(isThisFollowup);
		const { source, eventSeq: event, part } = followup;
		const byHand = isByHand(escalation) ? { by: 'hand' } : {};
		const type = outcome === 'sent' ? 'escalation_followup_sent' : 'escalation_followup_again';
		await recordEscalation(tx, locked, type, actor, { source, event, part, ...byHand });
		await dropFollowupTasks(tx, escalation);
		if (outcome === 'again' && escalation.mode === 'api') await enqueue(tx, 'escalation-deliver', { escalationId: id });
	});
}

/** Why the decision about a follow-up is refused; undefined if it is allowed. */
async function whyRefused(tx: Tx, escalation: EscalationRow, followup: FollowupRow, outcome: 'sent' | 'again') {
	if (followup.state === 'unknown' || followup.state === 'rejected') return undefined;
	const settled = `followup_${followup.state}`;
	if (!isByHand(escalation)) return settled;
	// The API may have sent it, so sending it again would repeat it.
	if (outcome === 'again') return followup.state === 'sent' && escalation.mode === 'manual' ? undefined : settled;
	if (followup.state !== 'waiting') return settled;
	if (!escalation.laporId) return 'followup_before_number';
	const { escalationId, state, seq } = escalationFollowups;
	const earlier = and(eq(escalationId, escalation.id), eq(state, 'waiting'), lt(seq, followup.seq));
	return (await tx.$count(escalationFollowups, earlier)) > 0 ? 'followup_earlier_waits' : undefined;
}
