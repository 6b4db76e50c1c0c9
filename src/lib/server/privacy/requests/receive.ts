import { and, eq, inArray, or } from 'drizzle-orm';
import { OLDEST_REPORT_MS } from '#lib/cases/vocabulary.ts';
import { localDate, yearOf } from '#lib/calendar/days.ts';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import {
	counterRequestInput,
	ownRequestInput,
	trackedRequestInput,
	type PersonCheck,
	type RequestContent,
	type RequestKind,
	type RequestWay,
	TRIAL_REQUEST
} from '#lib/privacy/requests.ts';
import { hourRule } from '#lib/server/calendar/load.ts';
import { lockCaseForActor, lockCaseForReporter, type CaseWithUnit } from '#lib/server/cases/find.ts';
import { updateCase } from '#lib/server/cases/move.ts';
import { proposeOfficers, withdrawProposals } from '#lib/server/cases/officers/find-names.ts';
import { contactToken, mailPreferenceOf } from '#lib/server/cases/mail-preference.ts';
import { decryptReporter } from '#lib/server/cases/reporter.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { mailServer } from '#lib/server/channels/mail-queue.ts';
import { checked } from '#lib/server/checked.ts';
import { ago, now } from '#lib/server/clock.ts';
import { db, storedRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { nextNumber } from '#lib/server/db/next-number.ts';
import { caseOfficers } from '#lib/server/db/schema/cases.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { parseReference } from '#lib/text/reference-numbers.ts';
import { NotAllowed, NotFound, TooMany, invalid } from '#lib/server/errors.ts';
import { encryptText, sha256Hex } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { BUDGETS, consume, hasPoint, type Counted } from '#lib/server/rate-limits.ts';
import { homeUnit, requireUnitWithin } from '#lib/server/people/units/find-unit.ts';
import { isTrialUnit } from '#lib/server/people/units/trial.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { storedBy, submissionHash, submissionOf } from '#lib/server/submission-hashes.ts';
import { momentIn } from '../breaches/book.ts';
import { hasRecipient, notifyOfRequest } from './request-notices.ts';

export type RequestRow = typeof dataRequests.$inferSelect;

/** States of a request that somebody still has to decide. */
const WAITING = ['confirming', 'open'] as const;
export const isWaiting = inArray(dataRequests.state, [...WAITING]);

interface NewRequest {
	unitId: string;
	/** The locked case. */
	about?: CaseWithUnit;
	accountId?: string | null;
	kind: RequestKind;
	via: RequestWay;
	content: RequestContent;
	personCheck?: PersonCheck;
	checkNote?: string;
	/** The current address already got the most e-mails of a day, so staff call to confirm a new contact. */
	withoutMail?: boolean;
	/** When the office received it, if a person recorded it later. */
	receivedAt?: Date;
	/** Names the form, so that one that is sent twice makes one request. */
	formId: string;
}

/**
 * Stores a request of the reporter from the tracking page.
 * @throws Invalid · Conflict `submission-reused` · TooMany if the reporter has made the requests of a day
 */
export async function requestByReporter(caseId: number, raw: unknown): Promise<void> {
	const { kind, words, email, phone, lost, submission_id } = checked(trackedRequestInput, raw);
	const formId = `${caseId}/${submission_id}`;
	const isRepeated = (await db().$count(dataRequests, eq(dataRequests.submissionHash, submissionHash(formId)))) > 0;
	if (!isRepeated && !(await hasPoint('data_request', String(caseId))))
		throw new TooMany(BUDGETS.data_request.seconds, 'request_budget');
	const limit = kind === 'contact' && !lost ? await mailLimit(caseId) : undefined;
	await transaction(async (tx) => {
		const about = await lockCaseForReporter(tx, caseId);
		const content = kind === 'contact' ? { words, email, phone, lost } : { words };
		await insertRequest(tx, null, {
			unitId: about.row.handlingUnitId,
			about,
			kind,
			via: 'tracking',
			content,
			withoutMail: !limit,
			formId
		});
	});
	// Refused and repeated forms do not count. Withdrawn requests do, because each notified the office.
	if (isRepeated) return;
	await consume('data_request', String(caseId));
	if (limit) await consume(...limit);
}

/** The limit of e-mails to the reporter's address; undefined if it got those of a day, or gets none at all. */
async function mailLimit(caseId: number): Promise<Counted | undefined> {
	const preference = mailServer() ? await mailPreferenceOf(db(), caseId) : undefined;
	const limit: Counted | undefined = preference && ['receipt_email', preference.addressHash];
	return limit && (await hasPoint(...limit)) ? limit : undefined;
}

/**
 * Records a request of a person at the counter, with how staff checked the person. A case is named by its number; for a
 * person without a case here, by name and address. @returns the id of the request
 */
export async function recordRequest(actor: Actor, raw: unknown): Promise<string> {
	const input = checked(counterRequestInput, raw);
	const { kind, words, email, phone, lost, person, check, check_note } = input;
	const unit = await requireUnitWithin(input.unit, recordingUnits(actor));
	return transaction(async (tx) => {
		const about = input.reference ? await caseAtCounter(tx, actor, input.reference) : undefined;
		if (!about && kind !== 'access' && kind !== 'correction' && kind !== 'restriction')
			throw invalid('reference', 'request_needs_case');
		const content = { words, person, ...(kind === 'contact' ? { email, phone, lost } : {}) };
		const receivedAt = receiptTime(input.received_at, (about?.unit ?? unit).timeZone);
		const request = { kind, via: 'counter' as const, content, personCheck: check, checkNote: check_note, receivedAt };
		const place = about ? { about, unitId: about.row.handlingUnitId } : { unitId: unit.id };
		const row = await insertRequest(tx, actor, { ...request, ...place, formId: `counter/${input.submission_id}` });
		return row.id;
	});
}

/** @param local a local day and time. Undefined: the request is recorded when it is received */
function receiptTime(local: string | undefined, zone: string): Date | undefined {
	if (!local) return undefined;
	const at = momentIn(zone, local);
	if (at > now()) throw invalid('received_at', 'received_at_ahead');
	if (at < ago(OLDEST_REPORT_MS)) throw invalid('received_at', 'received_at_old');
	return at;
}

/** Units in which a person may record requests at the counter. */
export const recordingUnits = ({ units }: Actor): string[] => [
	...new Set([...units.handler, ...units.supervisor, ...units.admin])
];

/** Offices for which a person may record a request at the counter. @throws NotAllowed if there are none */
export async function recordingOffices(actor: Actor): Promise<{ code: string; name: string }[]> {
	const ids = recordingUnits(actor);
	const offices = (await referenceData()).units.filter(({ id }) => ids.includes(id));
	if (offices.length === 0) throw new NotAllowed('no_unit');
	return offices.map(({ code, name }) => ({ code, name }));
}

async function caseAtCounter(tx: Tx, actor: Actor, number: string): Promise<CaseWithUnit> {
	return lockCaseForActor(tx, actor, number).catch((cause: unknown) => {
		if (!(cause instanceof NotFound)) throw cause;
		throw invalid('reference', parseReference(number) ? 'request_reference' : 'report_number_whole');
	});
}

/** Stores a request of a signed-in person about what is held about them. */
export async function requestOwnData(actor: Actor, raw: unknown): Promise<void> {
	const { kind, words, submission_id } = checked(ownRequestInput, raw);
	const unit = await homeUnit(actor);
	if (!actor.accountId || !unit) throw new NotAllowed('no_unit');
	const { accountId } = actor;
	const request = { unitId: unit.id, accountId, kind, via: 'account' as const, content: { words } };
	await transaction((tx) => insertRequest(tx, actor, { ...request, formId: `${accountId}/${submission_id}` }));
}

/**
 * Stores a request with its number and deadline. The deadline counts every hour from arrival, also on days off. Writes
 * the timeline entry and the audit entry, and notifies the people who decide.
 *
 * @throws Invalid `request_open` while a request of this kind about the same case or account is open
 */
async function insertRequest(tx: Tx, actor: Actor | null, request: NewRequest): Promise<RequestRow> {
	const { about, content, formId, unitId, kind, via, accountId = null } = request;
	const submission = submissionOf(formId, { kind, ...content, receivedAt: request.receivedAt });
	// Two copies of a form at once: the second waits for the first, and then finds its row.
	await lockKey(tx, submission.submissionHash);
	const known = await storedBy(tx, dataRequests, submission);
	if (known) return known;
	const caseId = about?.row.id ?? null;
	await requireNoneOpen(tx, { caseId, accountId, kind });
	const id = crypto.randomUUID();
	const receivedAt = request.receivedAt ?? now();
	// What people ask about their own account is real, also in a trial, and so is a report that an open office handed over.
	const practice = via !== 'account' && (await isTrialUnit(about?.row.unitId ?? unitId));
	const { hours } = await hourRule('data_request', receivedAt);
	const row = await tx
		.insert(dataRequests)
		.values({
			id,
			unitId,
			caseId,
			accountId,
			kind,
			via,
			receivedAt,
			...submission,
			number: practice ? `${TRIAL_REQUEST}${id.slice(0, 8)}` : await nextRequestNumber(tx, unitId, now()),
			contentSealed: await encryptText(JSON.stringify(content)),
			personCheck: request.personCheck ?? null,
			checkNote: request.checkNote ?? null,
			recordedBy: via === 'counter' ? (actor?.accountId ?? null) : null,
			dueAt: new Date(receivedAt.getTime() + hours * HOUR_MS),
			...(kind === 'contact' && about ? await contactColumns(tx, about, id, request) : { state: 'open' as const })
		})
		.returning()
		.then(storedRow);
	if (about) {
		const changed = await updateCase(tx, about.row);
		const proposed = await proposeOfficers(tx, changed, about.unit, content.words ?? '');
		// If the proposed names leave no recipient of the notices, withdraws the names: a person must know the deadline.
		if (proposed.length > 0 && !(await hasRecipient(tx, row)))
			await withdrawProposals(tx, changed.id, inArray(caseOfficers.officerId, proposed));
		const data = { number: row.number, kind, via };
		await recordEvent(tx, changed, { type: 'data_requested', author: actor ?? 'reporter', public: true, data });
	}
	const after = { kind, via, check: row.personCheck };
	await recordChange(tx, actor, { unitId, action: 'data_request.received', subject: row.number, after });
	await notifyOfRequest(tx, row, 'received');
	return row;
}

async function requireNoneOpen(tx: Tx, { caseId, accountId, kind }: Pick<RequestRow, 'caseId' | 'accountId' | 'kind'>) {
	if (caseId === null && accountId === null) return;
	const same = or(
		caseId === null ? undefined : eq(dataRequests.caseId, caseId),
		accountId === null ? undefined : eq(dataRequests.accountId, accountId)
	);
	const open = await tx.$count(dataRequests, and(same, eq(dataRequests.kind, kind), isWaiting));
	if (open > 0) throw invalid('kind', 'request_open');
}

/** Takes the next number of an office and year, `PD-1203-2026-0001`. */
async function nextRequestNumber(tx: Tx, unitId: string, at: Date): Promise<string> {
	const unit = (await referenceData()).unitById.get(unitId);
	if (!unit) throw new Error(`no unit ${unitId}`);
	const year = yearOf(localDate(at, unit.timeZone));
	const number = await nextNumber(tx, 'request', unitId, year);
	return `PD-${unit.code}-${year}-${String(number).padStart(4, '0')}`;
}

/**
 * A new contact is used after the current one has confirmed it: by a one-time link if the reporter gets e-mails there,
 * otherwise by staff who call. If it is not the reporter's any more, the office decides without asking there. For a
 * report without a contact the request is refused: staff record the contact when the person tells them.
 * @throws Invalid `record_no_contact`
 */
async function contactColumns(tx: Tx, { row }: CaseWithUnit, id: string, { content, withoutMail }: NewRequest) {
	const former = await decryptReporter(row.reporterSealed);
	if (!former?.email && !former?.phone) throw invalid('kind', 'record_no_contact');
	if (content.lost) return { state: 'open' as const };
	const byMail = !withoutMail && mailServer() && former.email && (await mailPreferenceOf(tx, row.id));
	return { state: 'confirming' as const, confirmHash: byMail ? sha256Hex(contactToken(id)) : undefined };
}
