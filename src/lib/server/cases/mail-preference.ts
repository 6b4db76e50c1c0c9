import { now } from '#lib/server/clock.ts';
import { and, eq, inArray, isNotNull, isNull, ne, not, notExists, or, sql, type SQL } from 'drizzle-orm';
import type { Locale } from '#lib/paraglide/runtime.js';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { mailStops, reporterMail } from '#lib/server/db/schema/mails.ts';
import { keyedHash, keyedHex, sha256Hex } from '#lib/server/keys.ts';
import type { CaseRow } from './find.ts';
import { decryptReporter, type GivenReporter } from './reporter.ts';

interface CaseAddress {
	caseId: number;
	addressHash: string;
}

/**
 * Token of the unsubscribe link on the tracking page, for this case only: the reporter has not proven the address. It is
 * derived and not stored, and reveals nothing about the case. Links to a former address find nothing.
 */
const stopToken = ({ caseId, addressHash }: CaseAddress): string =>
	linkToken('mail-stop', `${caseId}/${addressHash}/tracking`);

/**
 * Token of the unsubscribe link in an e-mail. Who has it reads the e-mails to this address, and may also stop all of them.
 * It begins with `stopToken`.
 */
export const mailStopToken = (row: CaseAddress): string =>
	stopToken(row) + linkToken('mail-stop', `${row.caseId}/${row.addressHash}`);

/** Token of the link that the current e-mail address gets to confirm a new contact. Derived from the request's id. */
export const contactToken = (requestId: string): string => linkToken('contact-link', requestId);

const linkToken = (purpose: 'mail-stop' | 'contact-link', id: string): string =>
	keyedHash(purpose, id).subarray(0, TOKEN_BYTES).toString('base64url');
const TOKEN_BYTES = 24;
const TOKEN_LENGTH = (TOKEN_BYTES * 4) / 3;

/** The stored hash by which an unsubscribe token of either kind is found. */
export const stopHashOf = (token: string): string => sha256Hex(token.slice(0, TOKEN_LENGTH));

const addressHashOf = (address: string): string => keyedHex('mail-address', address.trim().toLowerCase());

/** The columns of an address, and of the hash by which its unsubscribe links are found. */
const addressColumns = (row: CaseAddress) => ({ addressHash: row.addressHash, stopHash: stopHashOf(stopToken(row)) });

/** Stores that the reporter gets e-mails, and in which language. Does nothing without an e-mail address. */
export async function storeMailPreference(
	tx: Tx,
	caseId: number,
	{ identity, reporter }: GivenReporter,
	language: Locale
): Promise<void> {
	if (identity === 'none' || !reporter?.email) return;
	const address = addressColumns({ caseId, addressHash: addressHashOf(reporter.email) });
	await tx.insert(reporterMail).values({ caseId, language, ...address });
}

/**
 * Sends later e-mails to the new address, even if the former address was refused or there was none. E-mails that the
 * reporter stopped, for this case or for the former address, stay stopped: a corrected address is no consent.
 * @param lost the former address is not the reporter's, so what its owner stopped does not count
 * @returns whether e-mails are sent to the new address
 */
export async function changeMailAddress(tx: Tx, caseId: number, email: string, lost = false): Promise<boolean> {
	const address = { ...addressColumns({ caseId, addressHash: addressHashOf(email) }), refusedAt: null };
	const stoppedAt = lost
		? sql`case when ${reporterMail.stoppedByOwner} then null else ${reporterMail.stoppedAt} end`
		: sql`coalesce(${reporterMail.stoppedAt}, ${stopsOf(tx)})`;
	// The owner of the former address does not decide about another one.
	const stoppedByOwner = sql`${reporterMail.stoppedByOwner} and ${reporterMail.addressHash} = ${address.addressHash}`;
	await tx
		.insert(reporterMail)
		.values({ caseId, language: 'id', ...address })
		.onConflictDoUpdate({ target: reporterMail.caseId, set: { ...address, stoppedAt, stoppedByOwner } });
	return (await mailPreferenceOf(tx, caseId)) !== undefined;
}

/**
 * Forgets that e-mails go to the address of a case, because it is not the reporter's. If the reporter stopped e-mails, they
 * stay stopped for a later address.
 */
export async function dropMailAddress(tx: Tx, caseId: number): Promise<void> {
	const byReporter = and(isNotNull(reporterMail.stoppedAt), not(reporterMail.stoppedByOwner));
	await tx.delete(reporterMail).where(and(eq(reporterMail.caseId, caseId), not(byReporter!)));
}

/** Copies the e-mail preference of a report to a part that is split off from it. */
export async function copyMailPreference(tx: Tx, fromId: number, caseId: number): Promise<void> {
	const [from] = await tx.select().from(reporterMail).where(eq(reporterMail.caseId, fromId));
	if (!from) return;
	await tx.insert(reporterMail).values({ ...from, caseId, ...addressColumns({ ...from, caseId }) });
}

const wanted = and(isNull(reporterMail.stoppedAt), isNull(reporterMail.refusedAt));

/** Subquery: the row by which the address of a `reporterMail` row unsubscribed from all e-mails. */
const stopsOf = (on: Database | Tx) =>
	on.select({ at: mailStops.at }).from(mailStops).where(eq(mailStops.addressHash, reporterMail.addressHash));

/**
 * Language and address hash for e-mails to the reporter. Undefined if there is no address, it was refused, or the
 * reporter unsubscribed.
 */
export const mailPreferenceOf = (on: Database | Tx, caseId: number) => preferenceIf(on, caseId, wanted);

/**
 * As `mailPreferenceOf`, for a warning to the owner of the address. Whoever has the receipt can stop the other e-mails,
 * but does not silence a warning.
 */
export const warningPreferenceOf = (on: Database | Tx, caseId: number) =>
	preferenceIf(on, caseId, and(not(reporterMail.stoppedByOwner), isNull(reporterMail.refusedAt)));

async function preferenceIf(on: Database | Tx, caseId: number, condition: SQL | undefined) {
	const [preference] = await on
		.select({ language: reporterMail.language, addressHash: reporterMail.addressHash })
		.from(reporterMail)
		.where(and(condition, eq(reporterMail.caseId, caseId), notExists(stopsOf(on))));
	return preference;
}

/** Ids of the cases whose reporters get e-mails: the same condition as `mailPreferenceOf`, for lists. */
export const reachableByMail = (on: Database | Tx) =>
	on
		.select({ caseId: reporterMail.caseId })
		.from(reporterMail)
		.where(and(wanted, notExists(stopsOf(on))));

/** Decrypts the reporter's e-mail address, for sending. */
export async function reporterAddress(caseId: number): Promise<string | undefined> {
	const [row] = await db().select({ sealed: cases.reporterSealed }).from(cases).where(eq(cases.id, caseId));
	return (await decryptReporter(row?.sealed ?? null))?.email ?? undefined;
}

/** Whether one of these addresses is the one to which the e-mails to the reporter are sent. */
export async function isReporterAddress(tx: Tx, caseId: number, addresses: readonly string[]): Promise<boolean> {
	const isOne = inArray(reporterMail.addressHash, addresses.map(addressHashOf));
	return (await tx.$count(reporterMail, and(eq(reporterMail.caseId, caseId), isOne))) > 0;
}

export type ReporterMailState = 'wanted' | 'stopped' | 'refused';

/** Whether the reporter gets e-mails, for staff who may see the case. null if no address was given. */
export async function reporterMailState(row: CaseRow): Promise<ReporterMailState | null> {
	const stored = await mailStateOf(row);
	return stored && (stored.state === 'wanted' && stored.allStopped ? 'stopped' : stored.state);
}

/**
 * As `reporterMailState`, for the person who has the receipt, and the token of the link by which that person stops the
 * e-mails. The address may be somebody else's, so it does not count whether its owner has stopped all e-mails.
 */
export async function trackedMails(row: CaseRow): Promise<{ state: ReporterMailState; stopToken: string } | null> {
	const stored = await mailStateOf(row);
	return stored && { state: stored.state, stopToken: stopToken({ caseId: row.id, ...stored }) };
}

async function mailStateOf({ id, reporterSealed }: CaseRow) {
	if (reporterSealed === null) return null;
	const { refusedAt, stoppedAt, addressHash } = reporterMail;
	const [row] = await db()
		.select({ refusedAt, stoppedAt, addressHash, allStopped: sql<boolean>`exists ${stopsOf(db())}` })
		.from(reporterMail)
		.where(eq(reporterMail.caseId, id));
	if (!row) return null;
	const state: ReporterMailState = row.refusedAt ? 'refused' : row.stoppedAt ? 'stopped' : 'wanted';
	return { state, allStopped: row.allStopped, addressHash: row.addressHash };
}

/**
 * Stops the e-mails to the reporter of a case, or allows them again. If the owner of the address stopped them, nobody else
 * allows them again: the reporter may have given the address of somebody else.
 *
 * @param byOwner by the link in an e-mail to the address
 * @returns whether this changed anything
 */
export async function setMailStopped(tx: Tx, caseId: number, stopped: boolean, byOwner = false): Promise<boolean> {
	const { stoppedAt, stoppedByOwner } = reporterMail;
	const isOther = stopped ? isNull(stoppedAt) : isNotNull(stoppedAt);
	const mayChange = byOwner ? or(isOther, ne(stoppedByOwner, stopped)) : and(isOther, not(stoppedByOwner));
	const changed = await tx
		.update(reporterMail)
		.set({ stoppedAt: stopped ? now() : null, stoppedByOwner: stopped && byOwner })
		.where(and(eq(reporterMail.caseId, caseId), mayChange))
		.returning({ caseId: reporterMail.caseId });
	return changed.length > 0;
}

/** Stores that the mail server does not know the reporter's address. @returns false if it was stored before */
export async function markAddressRefused(tx: Tx, caseId: number): Promise<boolean> {
	const [marked] = await tx
		.update(reporterMail)
		.set({ refusedAt: now() })
		.where(and(eq(reporterMail.caseId, caseId), isNull(reporterMail.refusedAt)))
		.returning({ caseId: reporterMail.caseId });
	return marked !== undefined;
}

/** Removes the mark that the address was refused, so that e-mails are sent to it again. */
export async function clearAddressRefusal(tx: Tx, caseId: number): Promise<void> {
	await tx.update(reporterMail).set({ refusedAt: null }).where(eq(reporterMail.caseId, caseId));
}
