import { asc, desc, eq, sql } from 'drizzle-orm';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { mayBeForwarded } from '#lib/server/cases/allowed-verbs.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import { db } from '#lib/server/db/index.ts';
import { escalationFollowups, escalations, escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { env } from '#lib/server/env.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { timelineOf, type TimelineEntry } from '#lib/server/cases/timeline.ts';
import { attemptsOf, createsOf } from './call-log.ts';
import { refusedLookupStatus } from './classify-response.ts';
import { haltOf, type Halt } from './connection/connection.ts';
import { filesOf } from './forward/files.ts';
import { connectionSettings, isByHand } from './connection/lapor-client.ts';
import { compactReference } from '#lib/text/reference-numbers.ts';
import type { ShownReason } from '#lib/words/forward.ts';
import { reportTexts } from './forward/lapor-report.ts';
import { listEscalations, quietSince, type EscalationFilter } from './list.ts';
import { refusedFields } from './forward/refused-fields.ts';
import { factsOfRow, proposedTexts, sourceOfRow } from './forward/compose.ts';
import { escalationForActor, isResendable, isTyped, type EscalationRow } from './rows.ts';
import { spelledStatus } from './tracking/lapor-status.ts';
import { CHANGED_KEY } from './tracking/store-items.ts';
import { isResentIfAbsent } from './tracking/look-up.ts';

/**
 * The reason shown for a row: its own, or why an unsent row is not tried now. That is `processing_restricted` while processing
 * is restricted at the reporter's request, and `connection_halted` with the reason for the halt in `cause` and the row's in `own`.
 */
function reasonShown(
	row: Pick<EscalationRow, 'mode' | 'state' | 'reasonCode' | 'reasonText'>,
	halt: Halt | undefined,
	processingRestricted: boolean
): ShownReason | null {
	const waits = row.state === 'waiting' || row.state === 'stuck';
	if (waits && processingRestricted) return { code: 'processing_restricted', text: null };
	const own = row.reasonCode ? { code: row.reasonCode, text: row.reasonText } : null;
	if (!waits || !halt || row.mode !== 'api') return own;
	return { code: 'connection_halted', text: null, cause: halt.reason.code, own };
}

/** A row with what `GET escalations/{id}` returns. `reason` is a code. */
const forApi = (row: EscalationRow, caseReference: string, processingRestricted: boolean, halt: Halt | undefined) => ({
	...row,
	case: caseReference,
	reason: reasonShown(row, halt, processingRestricted)?.code ?? null
});

/**
 * A forward for lists on pages: state, attempts, next attempt and reason.
 * @param processingRestricted whether the case's processing is restricted
 */
export function escalationSummary(row: EscalationRow, processingRestricted: boolean, halt?: Halt) {
	const { id, nn, reference, mode, purpose, state, institution, laporId, laporStatus } = row;
	return {
		id,
		nn,
		reference,
		mode,
		byHand: isByHand(row),
		purpose,
		state,
		institution,
		laporId,
		laporStatus,
		attempts: row.attempts,
		nextAttemptAt: row.nextAttemptAt,
		nextLookupAt: env().LAPOR_LOOKUP ? row.nextLookupAt : null,
		nextPollAt: row.nextPollAt,
		polledAt: row.polledAt,
		reason: reasonShown(row, halt, processingRestricted),
		task: row.task,
		taskText: row.taskText,
		taskAt: row.taskAt,
		createdAt: row.createdAt,
		sentAt: row.sentAt,
		closedAt: row.closedAt
	};
}
export type EscalationSummary = ReturnType<typeof escalationSummary>;

const isRestricted = (row: CaseRow): boolean => row.processingRestrictedAt !== null;

/** The forwards of a case that was found for the actor, newest first. */
export async function forwardsOfCase(row: CaseRow): Promise<EscalationSummary[]> {
	if (!row.hasForward) return [];
	const [rows, halt] = await Promise.all([forwardsOf(row.id), haltOf()]);
	return rows.map((one) => escalationSummary(one, isRestricted(row), halt)).reverse();
}

const forwardsOf = (caseId: number) =>
	db().select().from(escalations).where(eq(escalations.caseId, caseId)).orderBy(asc(escalations.nn));

/** An escalation for the API, if the actor may see its case. @throws NotFound */
export async function escalationForApi(actor: Actor, id: string) {
	const { escalation, row } = await escalationForActor(db(), actor, id);
	return forApi(escalation, row.reference, isRestricted(row), await haltOf());
}

/** A page of the escalations that the actor may see, for the API. */
export async function escalationsForApi(actor: Actor, filter: EscalationFilter, cursor?: string) {
	const { items, nextCursor } = await listEscalations(actor, filter, cursor);
	const halt = await haltOf();
	return {
		items: items.map(({ escalation, case: { reference, processingRestricted } }) =>
			forApi(escalation, reference, processingRestricted, halt)
		),
		nextCursor
	};
}

export type EscalationView = Awaited<ReturnType<typeof escalationView>>;

/** Everything about one forward: its texts, attempts, files, follow-ups and LAPOR's updates. @throws NotFound */
export async function escalationView(actor: Actor, id: string) {
	const { escalation, row, unit, textCorrected } = await escalationForActor(db(), actor, id);
	const [attempts, creates, files, followups, updates, author, halt, family, entries] = await Promise.all([
		attemptsOf(id),
		createsOf(db(), id),
		filesOf(db(), id),
		followupsOf(id),
		updatesOf(id),
		nameOf(escalation.createdBy),
		haltOf(),
		familyOf(escalation),
		entriesOf(escalation)
	]);
	const source = await sourceOfRow({ escalation, row, unit });
	const texts = reportTexts(source);
	const hidden = row.identity !== 'named' && texts.identity !== null;
	const { category, incidentOn } = factsOfRow(escalation);
	const { title, content } = escalation;
	const confirmed = { title, content, solution: source.solution, incidentOn };
	return {
		...escalationSummary(escalation, isRestricted(row), halt),
		case: { reference: row.reference, title: row.title, kind: row.kind, status: row.status, version: row.version },
		unit: { name: unit.name, timeZone: unit.timeZone, address: unit.address },
		version: escalation.version,
		purposeReason: escalation.purposeReason,
		author,
		absentOffered: escalation.absentOffered,
		/** Retention has emptied the report and its texts. */
		destroyed: row.destroyedAt !== null,
		/** `resendEscalation` repeats these checks. */
		resendable: isResendable(escalation) && mayBeForwarded(row),
		/** Whether a person typed LAPOR's number, which can be corrected. */
		numberTyped: isTyped(entries.findLast(({ type }) => type === 'escalation_sent')?.data.by),
		createStartedAt: escalation.createStartedAt,
		/** The text by which LAPOR's search finds the report. */
		searchFor: compactReference(escalation.reference),
		/** The number in a response, also in one that came too late to be applied. */
		lateNumber: creates.find((attempt) => attempt.laporId !== null)?.laporId ?? null,
		/** The latest create. */
		lastCreate: creates.find((attempt) => attempt.step === 'create') ?? null,
		/** The reasons of a rejection for single keys; empty if the report was not rejected. */
		refused: escalation.state === 'rejected' ? refusedFields(escalation.reasonText) : [],
		lookups: escalation.lookups,
		/** Whether the site itself sends an unknown report again once a look-up has not found it. */
		resentIfAbsent: env().LAPOR_LOOKUP && isResentIfAbsent({ escalation, row }, creates),
		/** The HTTP status with which LAPOR refused the latest look-up. */
		searchRefused: refusedLookupStatus(attempts.find(({ step }) => step === 'lookup')),
		/** The mode of new forwards. An older row keeps its own mode if that setting changes. */
		installation: { mode: env().LAPOR_MODE, connected: connectionSettings() !== undefined },
		quiet: !row.destroyedAt && isQuiet(escalation, await quietSince()),
		unread: unreadSince(escalation, attempts, halt),
		texts: { ...texts, identity: hidden ? null : texts.identity },
		identityHidden: hidden,
		category,
		/** The texts for sending it again: as confirmed, or those of the case if they were corrected since. */
		edited: textCorrected ? await proposedTexts(db(), row) : confirmed,
		attemptRows: attempts,
		files,
		followups,
		updates,
		family,
		entries
	};
}

const followupsOf = (id: string) =>
	db()
		.select()
		.from(escalationFollowups)
		.where(eq(escalationFollowups.escalationId, id))
		.orderBy(asc(escalationFollowups.seq));

const storedUpdates = (id: string) =>
	db()
		.select({
			id: escalationUpdates.id,
			kind: escalationUpdates.kind,
			at: escalationUpdates.at,
			statusName: escalationUpdates.statusName,
			content: escalationUpdates.content,
			author: escalationUpdates.author,
			own: escalationUpdates.own,
			changed: sql<boolean>`${escalationUpdates.remoteKey} ~ ${CHANGED_KEY}`,
			attachments: escalationUpdates.attachments,
			needsMapping: escalationUpdates.needsMapping,
			appliedAt: escalationUpdates.appliedAt
		})
		.from(escalationUpdates)
		.where(eq(escalationUpdates.escalationId, id))
		.orderBy(desc(escalationUpdates.at), desc(escalationUpdates.id))
		.limit(100);

/**
 * LAPOR's news, newest first, with each text once: LAPOR may return the note of a status also as a log or follow-up. The
 * follow-up keeps the text, because it has an author and files.
 */
async function updatesOf(id: string) {
	const updates = (await storedUpdates(id)).map(({ statusName, ...update }) => ({
		...update,
		statusName: statusName && spelledStatus(statusName)
	}));
	type Update = (typeof updates)[number];
	const isSaidBy = (kinds: readonly Update['kind'][], { content, at }: Update) =>
		content !== '' &&
		updates.some(
			(one) =>
				kinds.includes(one.kind) &&
				!one.own &&
				one.content === content &&
				Math.abs(Number(one.at) - Number(at)) < MINUTE_MS
		);
	return updates
		.filter((update) => update.kind !== 'log' || !isSaidBy(['status', 'followup'], update))
		.map((update) =>
			update.kind === 'status' && isSaidBy(['followup'], update) ? { ...update, content: '' } : update
		);
}

/** Since when and why LAPOR's news of a sent forward can't be read; undefined if the last poll succeeded. */
function unreadSince(
	row: EscalationRow,
	attempts: Awaited<ReturnType<typeof attemptsOf>>,
	halt: Halt | undefined
): { since: Date; code: string } | undefined {
	const { state, polledAt } = row;
	if (isByHand(row) || state !== 'sent') return undefined;
	const failed = attempts.filter(
		({ step, startedAt }) => (step === 'detail' || step === 'followups') && (!polledAt || startedAt >= polledAt)
	);
	if (halt) return { since: failed.at(-1)?.startedAt ?? halt.at, code: 'connection_halted' };
	const [first, latest] = [failed.at(-1), failed.at(0)];
	return first && latest?.reasonCode ? { since: first.startedAt, code: latest.reasonCode } : undefined;
}

/** Whether a sent forward that people keep by hand has no news since that moment. */
export function isQuiet(row: EscalationRow, since: Date): boolean {
	const last = row.laporNewsAt ?? row.sentAt;
	return isByHand(row) && row.state === 'sent' && last !== null && last < since;
}

export async function nameOf(accountId: string | null): Promise<string | null> {
	if (!accountId) return null;
	const [account] = await db().select({ name: accounts.name }).from(accounts).where(eq(accounts.id, accountId));
	return account?.name ?? null;
}

export interface Change {
	field: 'title' | 'content' | 'solution' | 'incident_on' | 'institution';
	before: string | null;
	after: string | null;
}

function changesBetween(before: EscalationRow, after: EscalationRow): Change[] {
	const [old, made] = [textsOf(before), textsOf(after)];
	return (Object.keys(made) as Change['field'][])
		.map((field) => ({ field, before: old[field], after: made[field] }))
		.filter((change) => change.before !== change.after);
}

function textsOf(row: EscalationRow): Record<Change['field'], string | null> {
	const { solution, incidentOn } = factsOfRow(row);
	return {
		title: row.title,
		content: row.content,
		solution: solution || null,
		incident_on: incidentOn,
		institution: row.institution
	};
}

/**
 * All forwards of the row's case, oldest first, and the changes of this one against the one before (undefined for the
 * first). The caller must have checked access to the case.
 */
async function familyOf(row: EscalationRow) {
	const rows = await forwardsOf(row.caseId);
	const before = rows.findLast(({ nn }) => nn < row.nn);
	const all = rows.map((one) => ({ ...escalationSummary(one, false), purposeReason: one.purposeReason }));
	return { all, changes: before && changesBetween(before, row) };
}

/** The entries of the case's timeline about one forward, in order. */
async function entriesOf(row: EscalationRow): Promise<TimelineEntry[]> {
	return (await timelineOf(row.caseId)).filter(({ data }) => data.escalation === row.id);
}
