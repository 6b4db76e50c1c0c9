import { and, asc, eq, inArray, ne, or } from 'drizzle-orm';
import { statusReason, revealsOtherReporters, type NotAnsweredReason } from '#lib/cases/linking.ts';
import { isAnswerFinal, needsSecondPerson, OPEN_STATUSES } from '#lib/cases/moves.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { approvals, cases } from '#lib/server/db/schema/cases.ts';
import { wordsIn } from '#lib/text/marked.ts';
import type { ReporterFields } from '#lib/text/redaction.ts';
import { withdrawDraft } from '../answers/draft.ts';
import { publishOne, type PublishedAnswer } from '../answers/publish.ts';
import { secondPersons } from '../answers/second-persons.ts';
import { casesWithUnit, type CaseRow, type CaseWithUnit } from '../find.ts';
import { knownIdentity } from '../known-identity.ts';
import { moveCase } from '../move.ts';
import { accountsNamedBy } from '../case-staff.ts';
import { decryptReporter } from '../reporter.ts';
import { recordEvent, type Author } from '../timeline.ts';

/**
 * Publishes the answer of a main case on every open linked report, in the same commit. A report that can't get the
 * answer yet gets a timeline entry with the reason. It never blocks the main case.
 */
export async function answerLinked(tx: Tx, author: Author, main: CaseRow, answer: PublishedAnswer): Promise<void> {
	for (const report of await openLinked(tx, main.id)) {
		const sending = { main, report, answer };
		const held = await reasonNotAnswered(tx, sending);
		if (held) await recordUnanswered(tx, report.row, main.id, held);
		else await sendTo(tx, author, sending);
	}
}

/** Adds an entry with the reason to each open linked report of a main case that ended without an answer for them. */
export async function recordUnansweredLinked(tx: Tx, main: CaseRow, why: NotAnsweredReason): Promise<void> {
	for (const { row } of await openLinked(tx, main.id)) await recordUnanswered(tx, row, main.id, why);
}

/** Locks the open reports linked to a main case. The main case must be locked first. */
async function openLinked(tx: Tx, mainId: number): Promise<CaseWithUnit[]> {
	return casesWithUnit(tx)
		.where(and(eq(cases.mainCaseId, mainId), inArray(cases.status, [...OPEN_STATUSES])))
		.orderBy(asc(cases.id))
		.for('update', { of: cases });
}

async function recordUnanswered(tx: Tx, row: CaseRow, mainId: number, why: NotAnsweredReason): Promise<void> {
	const data = { action: 'held', case: mainId, why };
	await recordEvent(tx, row, { type: 'linked', author: 'system', public: false, data });
}

interface Sending {
	main: CaseRow;
	report: CaseWithUnit;
	answer: PublishedAnswer;
}

/** Why the answer can't be sent unchanged to a linked report. Undefined if it can. */
export async function reasonNotAnswered(tx: Tx, { main, report, answer }: Sending) {
	const { row } = report;
	if (row.restricted || main.restricted || row.handlingUnitId !== main.handlingUnitId) return 'apart' as const;
	const early = statusReason(row.status);
	if (early) return early;
	if (await revealsOthers(tx, main, row, [answer.body, answer.action].join('\n'))) return 'personal' as const;
	// A person whom the report names must not answer it.
	if (await namesAnyAccount(tx, row, [answer.accountId, answer.decidedBy ?? null])) return 'named' as const;
	// An answer by an agency at LAPOR needs no second person here, neither on the main case nor on this report.
	const signed = answer.by === 'lapor' || !needsSecondPerson(row.kind) || (await signaturesSuffice(tx, report, answer));
	if (!signed) return 'second_person' as const;
	// After the last possible dispute the answer is final, so a supervisor must have approved it.
	return isAnswerFinal(row) && !answer.decidedBy ? ('final' as const) : undefined;
}

/**
 * Whether the answer contains the name, contact or report number of another reporter, which this reporter must not
 * learn. Of a withheld report only the `knownIdentity` counts.
 */
async function revealsOthers(tx: Tx, main: CaseRow, row: CaseRow, text: string): Promise<boolean> {
	const { id, mainCaseId } = cases;
	const others = await tx
		.select()
		.from(cases)
		.where(and(or(eq(id, main.id), eq(mainCaseId, main.id)), ne(id, row.id)));
	const own = wordsIn((await decryptReporter(row.reporterSealed))?.name ?? '');
	const isOwn = (name: string) => wordsIn(name).every((word) => own.includes(word));
	const reveals = (reference: string, person: ReporterFields | null) =>
		revealsOtherReporters(text, {
			references: [reference],
			names: [person?.name ?? []].flat().filter((name) => !isOwn(name)),
			contacts: [person?.email ?? [], person?.phone ?? []].flat()
		});
	for (const other of others) {
		// Few answers contain a name, so this rarely asks the database what is known of one.
		if (!reveals(other.reference, await decryptReporter(other.reporterSealed))) continue;
		if (reveals(other.reference, await knownIdentity(tx, other))) return true;
	}
	return false;
}

/** Whether a report names the officer of one of these accounts. */
export async function namesAnyAccount(tx: Tx, row: CaseRow, people: readonly (string | null)[]): Promise<boolean> {
	const named = await accountsNamedBy(tx, row.id);
	return named.some(({ id }) => id !== null && people.includes(id));
}

/**
 * Whether the main answer's signatures are sufficient for this report. The approval of a second person always is. A
 * single signature is sufficient only if no second person is available for this report either.
 */
async function signaturesSuffice(tx: Tx, { row, unit }: CaseWithUnit, answer: PublishedAnswer): Promise<boolean> {
	if (!answer.singleSignature) return !!answer.decidedBy;
	const draft = { approvalId: null, authors: [answer.accountId] };
	return (await secondPersons(tx, row, unit, draft)).alone;
}

/**
 * Publishes the answer on a linked report with the signatures of the main case. The files stay only on the main case,
 * so that deleting one report never deletes files of another.
 */
export async function sendTo(tx: Tx, author: Author, { main, report, answer }: Sending): Promise<CaseRow> {
	const { row: before, unit } = report;
	const row = before.status === 'verified' ? await moveCase(tx, before, 'answer') : before;
	await withdrawDraft(tx, row.id);
	const approval = answer.approval ? await copyApproval(tx, row, answer) : undefined;
	const published = await publishOne(tx, author, { row, unit }, { ...answer, approval, draftFiles: false, files: [] });
	const data = { action: 'answered', case: main.id };
	await recordEvent(tx, published, { type: 'linked', author: 'system', public: false, data });
	return published;
}

/** Records the approval on the linked report too, so that the list of single signatures includes it. */
async function copyApproval(tx: Tx, row: CaseRow, answer: PublishedAnswer): Promise<string | undefined> {
	const { body, action = null, actionOn = null, accountId: authorId, decidedBy, singleSignature } = answer;
	const at = now();
	const draft = { caseId: row.id, kind: 'answer' as const, body, action, actionOn, authorId, at };
	const [stored] = await tx
		.insert(approvals)
		.values({ ...draft, state: 'approved', decidedBy, decidedAt: at, singleSignature })
		.returning({ id: approvals.id });
	return stored?.id;
}
