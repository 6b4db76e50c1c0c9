import { and, asc, eq, gt, inArray, isNotNull, isNull, ne } from 'drizzle-orm';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { escalationFollowups, escalationUpdates, escalations } from '#lib/server/db/schema/escalations.ts';
import { closeCase } from '#lib/server/cases/conversation/reporter-reply.ts';
import { proposeOfficers } from '#lib/server/cases/officers/find-names.ts';
import { returnToOffice } from '#lib/server/cases/handling/transfer.ts';
import type { Author } from '#lib/server/cases/timeline.ts';
import { laporStatusNames } from '#lib/server/db/schema/lapor.ts';
import { recordEscalation, type EscalationRow, type Forward, changeEscalation } from '../rows.ts';
import type { FollowupRow } from '../followups/followups.ts';
import { openForwardOf } from '../forward/compose.ts';
import { dropFollowupTasks, dropTask, raiseTask } from '../tasks.ts';
import { answerFromLapor, type StatusNews } from './answer-from-lapor.ts';
import { matchOwnFollowups, saysMoreThan, type News, type NewsItem, type StatusSeen } from './news.ts';
import { noticeMovedToAnotherInstitution } from './moved-to-another-institution.ts';
import { storeItems } from './store-items.ts';
import {
	isSameStatus,
	isFinalAtLapor,
	laporStatus,
	spelledStatus,
	statusKey,
	type LaporStatus
} from './lapor-status.ts';

/**
 * Stores and applies the result of a poll. Follow-ups of institutions go to the timeline, our own follow-ups that come
 * back count as sent, and the status moves the forward. The result of a poll that started before the last applied one
 * changes nothing.
 *
 * @param startedAt start of the poll
 */
export async function applyNews(tx: Tx, locked: Forward, news: News, startedAt: Date): Promise<EscalationRow> {
	if (locked.escalation.polledAt && startedAt < locked.escalation.polledAt) return locked.escalation;
	const startedFollowups = await tx
		.select()
		.from(escalationFollowups)
		.where(and(eq(escalationFollowups.escalationId, locked.escalation.id), isNotNull(escalationFollowups.startedAt)))
		.orderBy(asc(escalationFollowups.seq));
	// LAPOR's own sentences are no answer. After a dispute, a text that repeats the present status may be a question.
	// `institutionText` takes a text with an empty status name neither as one with the status nor as one without a status.
	const items = news.items.map((item) =>
		item.bySystem || (item.keepsStatus && locked.row.disputes > 0) ? { ...item, statusName: '' } : item
	);
	const ownFollowups = matchOwnFollowups(items, startedFollowups);
	const newItems = await storeItems(tx, locked.escalation, items, ownFollowups, startedAt);
	let escalation = news.status ? await dropTask(tx, locked.escalation, 'gone', 'hidden', 'unread') : locked.escalation;
	// Includes items that are already stored: their follow-up may have become unknown since the last poll.
	for (const [item, followup] of ownFollowups)
		escalation = await knownAsSent(tx, { ...locked, escalation }, followup, item);
	for (const item of newItems) {
		const isEmpty = item.content === '' && item.attachments.length === 0;
		if (item.kind === 'followup' && !ownFollowups.has(item) && !isEmpty) {
			await recordEscalation(tx, { ...locked, escalation }, 'escalation_followup', 'lapor', {
				lapor_id: escalation.laporId,
				content: item.content,
				institution: item.author || undefined,
				// LAPOR says when the follow-up was written, but not when it was changed.
				at: item.isChanged ? undefined : item.at?.toISOString(),
				changed: item.isChanged,
				attachments: item.attachments.length > 0 ? item.attachments : undefined
			});
			// A follow-up without an institution may be by the reporter.
			if (!item.author) await proposeOfficers(tx, locked.row, locked.unit, item.content);
		}
	}
	if (!news.status) return escalation;
	const others = newItems.filter((item) => !ownFollowups.has(item));
	escalation = await applyStatusNews(tx, { ...locked, escalation }, news.status, others, startedAt);
	return noticeMovedToAnotherInstitution(tx, { ...locked, escalation }, news.status);
}

/** Marks our follow-up as sent: LAPOR returned it, so it arrived, even if the response was lost. */
async function knownAsSent(tx: Tx, locked: Forward, ownRow: FollowupRow, item: NewsItem): Promise<EscalationRow> {
	const remoteId = item.remoteId ?? ownRow.remoteId;
	if (ownRow.state === 'sent' && ownRow.remoteId === remoteId) return locked.escalation;
	const [updated] = await tx
		.update(escalationFollowups)
		.set({ state: 'sent', sentAt: ownRow.sentAt ?? now(), remoteId, reasonCode: null, reasonText: null })
		.where(and(eq(escalationFollowups.id, ownRow.id), inArray(escalationFollowups.state, ['unknown', 'sent'])))
		.returning();
	if (!updated || ownRow.state !== 'unknown') return locked.escalation;
	await recordEscalation(tx, locked, 'escalation_followup_sent', 'lapor', {
		source: ownRow.source,
		event: ownRow.eventSeq,
		part: ownRow.part,
		found: true
	});
	return dropFollowupTasks(tx, locked.escalation);
}

async function applyStatusNews(
	tx: Tx,
	locked: Forward,
	status: StatusSeen,
	newItems: readonly NewsItem[],
	startedAt: Date
): Promise<EscalationRow> {
	const { escalation } = locked;
	const { name, at } = status;
	// Only times from LAPOR are compared. A status without a time counts as new.
	const newest = escalation.laporNewsAt;
	const old = at !== undefined && newest !== null && at < newest;
	if (isSameStatus(escalation.laporStatus, name)) {
		await overtakeUnmapped(tx, escalation.id);
		const same = { ...locked, escalation: await dropTask(tx, escalation, 'status_older', 'status_unmapped') };
		return old ? same.escalation : applySameStatus(tx, same, status, newItems);
	}
	const { followupsMissing = false, isNoteDoubtful = false, institution } = status;
	const known = { followupsMissing, isNoteDoubtful, institution };
	const note = newNoteOf(status, newItems);
	const meaning = await meaningOf(tx, name);
	const remoteKey = `status:${name}@${status.key ?? ''}${old ? `<${newest.toISOString()}` : ''}`;
	if (!old) await overtakeUnmapped(tx, escalation.id, remoteKey);
	const [stored] = await tx
		.insert(escalationUpdates)
		.values({
			escalationId: escalation.id,
			remoteKey,
			kind: 'status',
			at: at ?? startedAt,
			statusName: name,
			content: note,
			raw: { detail: status.raw ?? null, ...known },
			receivedAt: startedAt,
			appliedAt: meaning && !old ? now() : null,
			needsMapping: meaning === undefined && !old
		})
		// A name without a meaning waits again if LAPOR returns to it.
		.onConflictDoUpdate({
			target: [escalationUpdates.escalationId, escalationUpdates.remoteKey],
			set: { appliedAt: null, receivedAt: startedAt },
			setWhere: and(eq(escalationUpdates.needsMapping, true), isNotNull(escalationUpdates.appliedAt))
		})
		.returning({ id: escalationUpdates.id });
	const isLogged = newItems.some(({ key }) => key === status.key);
	const news = { name, at, note, ...known, seenAt: isLogged ? undefined : startedAt };
	if (meaning && !old) return applyStatus(tx, locked, { ...news, meaning }, 'lapor');
	return stored ? raiseTask(tx, locked, old ? 'status_older' : 'status_unmapped', name) : escalation;
}

/**
 * LAPOR's note on the status: that of the newest log, or else of a log without a time, if only one is new. A note that
 * was already stored belongs to an earlier status.
 */
function newNoteOf({ note, noteKey, undatedLogs }: StatusSeen, newItems: readonly NewsItem[]): string {
	const isNew = (of: string | undefined) => newItems.some(({ key }) => key === of);
	if (isNew(noteKey)) return note;
	const [log, ...others] = undatedLogs.filter(({ key, content }) => content !== '' && isNew(key));
	return log && others.length === 0 ? log.content : '';
}

/**
 * Applies what is new while the status has the same name. LAPOR may have left the status and come back between two
 * polls, or its text may come later than its status. Only a follow-up that sets the status answers the case. Other texts
 * may be about anything, so a person decides.
 */
async function applySameStatus(
	tx: Tx,
	locked: Forward,
	status: StatusSeen,
	newItems: readonly NewsItem[]
): Promise<EscalationRow> {
	const { name, at, key, undatedLogs, followupsMissing = false } = status;
	const isNewLog = (of: string | undefined) => newItems.some((item) => item.kind === 'log' && item.key === of);
	// A follow-up without an institution may be by the reporter.
	const followups = newItems.filter(({ kind, author }) => kind === 'followup' && author !== undefined);
	const isSet = followups.some(({ statusName = '', isChanged }) => !isChanged && isSameStatus(name, statusName));
	const added = followups.findLast((one) => (!one.statusName || one.isChanged) && one.content !== '')?.content;
	const isLogged = isNewLog(key) || undatedLogs.some((log) => isNewLog(log.key));
	const meaning = await meaningOf(tx, name);
	if (!meaning || !(isSet || isLogged || added)) return locked.escalation;
	const isAgain = at && (isSet || isLogged);
	const escalation = isAgain ? await changeEscalation(tx, locked.escalation, { laporNewsAt: at }) : locked.escalation;
	const after = { ...locked, escalation };
	const newNote = newNoteOf(status, newItems);
	if (meaning === 'finished' && isSet)
		return answerFromLapor(tx, after, { name, meaning, at, note: '', followupsMissing });
	if (meaning === 'finished' && OPEN_STATUSES.includes(locked.row.status)) {
		// A note such as "Status menjadi Selesai" does not hide the text of the task.
		const hasText = escalation.task === meaning && escalation.taskText !== null;
		if (!added && hasText && !saysMoreThan(name, newNote)) return escalation;
		return raiseTask(tx, after, meaning, added ?? (newNote || undefined));
	}
	const isTask = meaning === 'refused' || meaning === 'archived' || meaning === 'postponed';
	return isTask && isLogged ? raiseTask(tx, after, meaning, newNote || undefined) : escalation;
}

/**
 * Marks the status names that wait for a meaning as out of date, because LAPOR has another status now. They stay listed,
 * but a meaning that they get later is not applied.
 *
 * @param present the key of the present status, which is not marked
 */
async function overtakeUnmapped(tx: Tx, id: string, present = ''): Promise<void> {
	const { escalationId, needsMapping, appliedAt, remoteKey } = escalationUpdates;
	const waits = and(eq(escalationId, id), eq(needsMapping, true), isNull(appliedAt), ne(remoteKey, present));
	await tx.update(escalationUpdates).set({ appliedAt: now() }).where(waits);
}

/**
 * Applies a status of LAPOR to a forward. The reporter sees the status. A final status closes the forward. Selesai with
 * an institution's text that was polled answers a case in progress. A status older than the last applied one changes
 * nothing.
 */
export async function applyStatus(tx: Tx, locked: Forward, status: StatusNews, author: Author): Promise<EscalationRow> {
	const before = locked.escalation;
	const { at = before.laporNewsAt } = status;
	if (before.laporNewsAt && at && at < before.laporNewsAt) return before;
	if (isSameStatus(before.laporStatus, status.name)) {
		const same = await changeEscalation(tx, before, { laporNewsAt: at });
		// A person enters Selesai again with the institution's next text.
		return status.meaning === 'finished' && status.byHand && status.note
			? answerFromLapor(tx, { ...locked, escalation: same }, status)
			: same;
	}
	const final = isFinalAtLapor(status.meaning);
	const reopened = !final && before.state === 'closed' && !(await openForwardOf(tx, before.caseId));
	const name = spelledStatus(status.name);
	const escalation = await changeEscalation(tx, before, {
		laporStatus: name,
		laporNewsAt: at,
		...(final ? { state: 'closed' as const, closedAt: before.closedAt ?? now() } : {}),
		...(reopened ? { state: 'sent' as const, closedAt: null } : {})
	});
	const after = { ...locked, escalation };
	await recordEscalation(tx, after, 'escalation_status', author, {
		lapor_id: escalation.laporId,
		status_name: name,
		meaning: status.meaning,
		at: status.at?.toISOString(),
		note: status.note || undefined
	});
	if (final && before.state !== 'closed')
		await recordEscalation(tx, after, 'escalation_closed', author, { status_name: name });
	// Tasks of an earlier status. That of the present status is raised below.
	const earlier = [
		'postponed',
		'refused',
		'archived',
		'finished',
		'status_unmapped',
		'status_older',
		'reopened'
	] as const;
	const dropped = { ...after, escalation: await dropTask(tx, escalation, ...earlier) };
	const { note, meaning } = status;
	const isTransferred = final && (await isWithItsAgency(tx, dropped));
	if (meaning === 'finished')
		return isTransferred ? closeTransferred(tx, dropped) : answerFromLapor(tx, dropped, status);
	if (meaning === 'refused' || meaning === 'archived' || meaning === 'postponed') {
		const row = isTransferred ? await returnToOffice(tx, dropped, author) : dropped.row;
		return raiseTask(tx, { ...dropped, row }, meaning, note || undefined);
	}
	const wasFinished = before.laporStatus !== null && (await meaningOf(tx, before.laporStatus)) === 'finished';
	const isReopened = wasFinished && !final && !status.byHand;
	return isReopened ? raiseTask(tx, dropped, 'reopened', name) : dropped.escalation;
}

/** Whether another agency has the case by this forward: no later transfer of the case got a number. */
async function isWithItsAgency(tx: Tx, { row, escalation }: Forward): Promise<boolean> {
	if (row.transferredTo === null || escalation.purpose !== 'transfer') return false;
	const { caseId, purpose, laporId, nn } = escalations;
	const later = and(eq(caseId, row.id), eq(purpose, 'transfer'), isNotNull(laporId), gt(nn, escalation.nn));
	return (await tx.$count(escalations, later)) === 0;
}

/** The agency finished the report. The timeline has its status and texts, and this office owes nothing more. */
async function closeTransferred(tx: Tx, locked: Forward): Promise<EscalationRow> {
	if (locked.row.status === 'answered') await closeCase(tx, locked, 'system');
	return locked.escalation;
}

/** The meaning of a status name: a built-in one, or one that an administrator set. Other names are never guessed. */
export async function meaningOf(tx: Tx, name: string): Promise<LaporStatus | undefined> {
	return laporStatus(name) ?? (await mappedMeaning(tx, name));
}

export async function mappedMeaning(tx: Tx, name: string): Promise<LaporStatus | undefined> {
	const [mapped] = await tx
		.select({ meaning: laporStatusNames.meaning })
		.from(laporStatusNames)
		.where(eq(laporStatusNames.name, statusKey(name)));
	return mapped?.meaning as LaporStatus | undefined;
}
