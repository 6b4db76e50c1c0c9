import { and, eq, or } from 'drizzle-orm';
import { whyNotForwardable } from '#lib/cases/forwarding.ts';
import { isUnverified, OPEN_STATUSES } from '#lib/cases/moves.ts';
import type { CaseRow, CaseWithUnit } from '#lib/server/cases/find.ts';
import {
	changeCase,
	copyEscalationState,
	invalidMove,
	moveCase,
	refuseWhileProcessingRestricted
} from '#lib/server/cases/move.ts';
import { takeIfFree } from '#lib/server/cases/handling/assign.ts';
import { leftIntegrityBy } from '#lib/server/cases/former-integrity.ts';
import { requireSupervisor } from '#lib/server/cases/visibility.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { storedRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { Invalid, invalid, type Issue } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import {
	recordEscalation,
	type EscalationRow,
	isResendable,
	lockEscalationForActor,
	type FoundForward
} from '../rows.ts';
import { toClosed } from '../delivery/after-attempt.ts';
import { queueEarlierAnswer, takeOverFollowups } from '../followups/followups.ts';
import { escalationInput, type EscalationInput, resendInput, type ResendInput } from '../schema.ts';
import { dropTask } from '../tasks.ts';
import { composeReport, type Choices, mayCarryIdentity, nextOrdinal, openForwardOf, factsOfRow } from './compose.ts';
import { presentIdentity, sealIdentity } from './confirmed-identity.ts';
import { chooseFiles, filesOf, forwardableFiles, requireAmong } from './files.ts';
import { personalDataIn } from './personal-data.ts';
import { forwardReference } from '#lib/text/reference-numbers.ts';
import type { Task } from '#lib/words/forward.ts';
import type { ReportField, ReportProblem } from './lapor-report.ts';

/**
 * Forwards a case to LAPOR with the texts that a person confirmed. Writes row, timeline entry and job in one
 * transaction. In manual mode the row waits until a person has copied the report and entered its number. A verified
 * case moves to in progress.
 *
 * @param atDesk set by the desk's form. Then the actor becomes the handler of a case that has none.
 * @throws NotFound · Conflict `stale`, `invalid-move` (also while another forward of the case is open) · Invalid with
 * one issue per field, and for integrity cases and cases that came from LAPOR
 */
export async function escalateCase(
	actor: Actor,
	reference: string,
	raw: unknown,
	{ atDesk = false } = {}
): Promise<EscalationRow> {
	const input = checked(escalationInput, raw);
	return changeCase(actor, reference, input.version, async (tx, { row: before, unit }) => {
		refuseWhileProcessingRestricted(before);
		requireForwardable(before, input.purpose);
		const lifted = await requireAnotherSupervisor(tx, actor, before);
		await requireNoneOpen(tx, before);
		requireAmong(await forwardableFiles(tx, before.id), input.attachments);
		const taken = atDesk ? await takeIfFree(tx, actor, { row: before, unit }) : before;
		const row = await moveCase(tx, taken, 'escalate');
		return insertForward(tx, actor, { row, unit }, { ...input, lifted }, input);
	});
}

/**
 * @throws Invalid for cases that are never forwarded · Conflict for a case that is not verified yet, and for the transfer
 * of a case that the office settled itself, because that case would stay answered while another agency works on it
 */
function requireForwardable(row: CaseRow, purpose: EscalationInput['purpose']): void {
	const barred = whyNotForwardable(row);
	if (barred) throw invalid('', `escalation_${barred}`);
	const settledHere = !OPEN_STATUSES.includes(row.status) && row.transferredTo === null;
	if (isUnverified(row) || (purpose === 'transfer' && settledHere)) throw invalidMove(row);
}

/**
 * A report that was about integrity is forwarded only by another supervisor than the person who took that category away.
 * @returns whether it was about integrity
 * @throws NotAllowed · Invalid `escalation_second_supervisor`
 */
async function requireAnotherSupervisor(tx: Tx, actor: Actor, row: CaseRow): Promise<boolean> {
	const left = await leftIntegrityBy(tx, row.id);
	if (!left) return false;
	requireSupervisor(actor, row);
	if (left.by === actor.accountId) throw invalid('', 'escalation_second_supervisor');
	return true;
}

/** @throws Conflict if a row of the case is neither rejected nor closed */
async function requireNoneOpen(tx: Tx, row: CaseRow): Promise<void> {
	const open = await openForwardOf(tx, row.id);
	if (open) throw invalidMove(row, `escalation_${open.state}`);
}

/** Input of a new forward. A re-send takes unchanged values from the forward before. */
type Forwarding = Choices & {
	reason: string;
	remoteIds?: ReadonlyMap<string, string>;
	/** The report was about integrity, and this forward is the decision of a second supervisor. */
	lifted?: boolean;
};

/** What a person or another system typed. Texts that the forward before already had were checked then. */
type Typed = Pick<ResendInput, 'title' | 'content' | 'solution' | 'keep_marks'>;

async function insertForward(tx: Tx, actor: Actor, caseWithUnit: CaseWithUnit, input: Forwarding, typed: Typed) {
	const { row } = caseWithUnit;
	await closeReplaced(tx, actor, caseWithUnit);
	const nn = await nextOrdinal(tx, row.id);
	const { mode, source, facts, target, files, problems } = await composeReport(tx, caseWithUnit, input, nn);
	await throwProblems(tx, problems, row, typed);
	const at = now();
	const escalation = await tx
		.insert(escalations)
		.values({
			caseId: row.id,
			nn,
			reference: forwardReference(row.reference, nn),
			mode,
			purpose: input.purpose,
			state: 'waiting',
			title: source.title,
			content: source.content,
			report: { ...facts },
			withIdentity: source.reporter !== null,
			identitySealed: source.reporter && (await sealIdentity(source.reporter, row.reporterSealed)),
			institution: target?.name ?? null,
			purposeReason: input.reason,
			waitingSince: at,
			createdAt: at,
			createdBy: actor.accountId,
			updatedAt: at,
			nextAttemptAt: mode === 'api' ? at : null
		})
		.returning()
		.then(storedRow);
	const chosen = files.filter((one) => one.chosen).map((one) => one.file);
	await chooseFiles(tx, escalation.id, chosen, input.remoteIds);
	await copyEscalationState(tx, row.id);
	await recordEscalation(tx, { row, escalation }, 'escalation_waiting', actor, {
		purpose: escalation.purpose,
		institution: target?.name,
		...(input.lifted && { was_integrity_lifted: true })
	});
	await takeOverFollowups(tx, escalation);
	await queueEarlierAnswer(tx, { ...caseWithUnit, escalation });
	if (mode === 'api') await enqueue(tx, 'escalation-deliver', { escalationId: escalation.id });
	return escalation;
}

/**
 * Closes the forwards of the case that LAPOR rejected, and ends the task of those that were closed because the text was
 * corrected. The new one replaces them, so no handler has to correct them or send them again.
 */
async function closeReplaced(tx: Tx, actor: Actor, caseWithUnit: CaseWithUnit): Promise<void> {
	const awaitsHandler = or(eq(escalations.state, 'rejected'), eq(escalations.task, 'text_corrected' satisfies Task));
	const isReplaced = and(eq(escalations.caseId, caseWithUnit.row.id), awaitsHandler);
	for (const escalation of await tx.select().from(escalations).where(isReplaced).for('update'))
		if (escalation.state === 'closed') await dropTask(tx, escalation, 'text_corrected');
		else await toClosed(tx, { ...caseWithUnit, escalation }, actor, { superseded: true });
}

const FORM_FIELDS: Partial<Record<ReportField, string>> = {
	title: 'title',
	content: 'content',
	date_of_incident: 'incident_on',
	disposition_id: 'institution',
	nameUser: 'reporter.name',
	emailUser: 'reporter.email',
	phoneUser: 'reporter.phone'
};

/**
 * Throws the problems that the handler can fix, one per field. A missing id, which an administrator must enter, is no
 * error: the row waits for it.
 */
async function throwProblems(tx: Tx, problems: readonly ReportProblem[], row: CaseRow, typed: Typed): Promise<void> {
	const fixable = problems.filter(({ problem }) => problem !== 'not_configured' && problem !== 'stays_behind');
	const issues = fixable.map((problem) => issueOf(problem, row));
	const { title, content, solution } = typed;
	if (!typed.keep_marks) issues.push(...(await personalDataIn(tx, row, { title, content, solution })));
	const oneIssuePerField = issues.filter(
		(issue, index) => issues.findIndex(({ path }) => path === issue.path) === index
	);
	if (oneIssuePerField.length > 0) throw new Invalid(oneIssuePerField);
}

function issueOf({ field, problem }: ReportProblem, row: CaseRow): Issue {
	const path = FORM_FIELDS[field] ?? '';
	if (path.startsWith('reporter.') && row.identity !== 'named')
		return { path: 'consent', code: 'escalation_identity_incomplete' };
	if (field === 'disposition_id' && problem === 'invalid') return { path, code: 'escalation_institution_unknown' };
	return { path, code: `escalation_${problem}` };
}

/**
 * Sends a case again at a person's request, with edited texts if given. Closes the row (see `isResendable`) and opens
 * the next one with `nn + 1`. Unchanged values are copied, except the text if it was corrected in the case since. Files are
 * not uploaded again.
 *
 * @returns the new row
 * @throws NotFound · Conflict `invalid-move` · Invalid
 */
export async function resendEscalation(actor: Actor, id: string, raw: unknown): Promise<EscalationRow> {
	const input = checked(resendInput, raw);
	return transaction(async (tx) => {
		const locked = await lockEscalationForActor(tx, actor, id);
		const { escalation: before, row: caseBefore, unit } = locked;
		if (!isResendable(before)) throw invalidMove(caseBefore, `escalation_${before.state}`);
		refuseWhileProcessingRestricted(caseBefore);
		requireForwardable(caseBefore, before.purpose);
		const lifted = await requireAnotherSupervisor(tx, actor, caseBefore);
		const row = await moveCase(tx, caseBefore, 'escalate');
		if (before.state !== 'closed') await toClosed(tx, { ...locked, row }, actor, { superseded: true });
		await requireNoneOpen(tx, row);
		const data = await resendData(tx, locked, input);
		return insertForward(tx, actor, { row, unit }, { ...data, lifted }, input);
	});
}

async function resendData(tx: Tx, found: FoundForward, input: ResendInput): Promise<Forwarding> {
	const { escalation: before, row, textCorrected } = found;
	const facts = factsOfRow(before);
	const files = await filesOf(tx, before.id);
	requireAmong(files, input.attachments);
	// If LAPOR rejected the files, their ids may be wrong, so they are uploaded again.
	const filesRefused = before.state === 'rejected' && /attachment|lampiran/i.test(before.reasonText ?? '');
	const uploadedIds = files.flatMap((file) =>
		file.remoteId && !filesRefused ? [[file.id, file.remoteId] as const] : []
	);
	const consent = before.withIdentity && mayCarryIdentity(row);
	return {
		...input,
		purpose: before.purpose,
		...(!textCorrected && {
			title: input.title ?? before.title,
			content: input.content ?? before.content,
			solution: input.solution ?? facts.solution ?? '',
			incident_on: input.incident_on ?? facts.incidentOn ?? ''
		}),
		institution:
			input.institution || (facts.institutionId ? String(facts.institutionId) : (before.institution ?? undefined)),
		consent,
		reporter: consent ? await presentIdentity({ escalation: before, row }) : null,
		attachments: files.map((file) => file.id).filter((one) => input.attachments?.includes(one) ?? true),
		remoteIds: new Map(uploadedIds)
	};
}
