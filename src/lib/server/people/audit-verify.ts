import { createHash, type Hash } from 'node:crypto';
import { and, asc, eq, gt, ne } from 'drizzle-orm';
import { requestFromHolder, serveLockRequest } from '#lib/server/db/folder-lock.ts';
import { db, type Reader } from '#lib/server/db/index.ts';
import { openExistingDatabase } from '#lib/server/db/open.ts';
import { auditEntries, auditHead } from '#lib/server/db/schema/audit.ts';
import { env } from '#lib/server/env.ts';
import { NotAllowed, StartError } from '#lib/server/errors.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { holds, type Actor } from './actor.ts';
import { isRootAdmin } from './administration.ts';
import { DESTRUCTION, hashOf, macOf, textHashOf } from './audit-chain.ts';

type Entry = typeof auditEntries.$inferSelect;

/**
 * What happened to the entry `number`. `head`: the row that keeps the newest number and hash was changed or removed.
 * `emptied`: texts are gone, but the entry that records their destruction is missing or lists other entries.
 */
export type BreakKind = 'changed' | 'removed' | 'swapped' | 'inserted' | 'emptied' | 'head';
export interface Break {
	kind: BreakKind;
	number: number;
	/** The time of the entry, or of the one before if it is gone. Null if the log has none. */
	at: Date | null;
}

export interface Verification {
	entries: number;
	/** Entries whose text retention destroyed, as recorded. Their hashes were checked like all others. */
	destroyed: number;
	/** The break with the lowest number; null if the chain holds. */
	first: Break | null;
	/** Number of other breaks. */
	others: number;
}

// rows; a page of this size takes some ten milliseconds, so that this process serves other requests in between
const PAGE = 1000;

const entriesAfter = (on: Reader, last: number | null): Promise<Entry[]> =>
	on
		.select()
		.from(auditEntries)
		.where(last === null ? undefined : gt(auditEntries.id, last))
		.orderBy(asc(auditEntries.id))
		.limit(PAGE);
const readHead = async (on: Reader) => (await on.select().from(auditHead))[0];

let running: Promise<Verification> | undefined;

/**
 * Whether the actor may read the heads and verify the log: administrators and supervisors of a root unit, and
 * supervisors of a unit with units below it. The same people get the heads by e-mail.
 */
export async function mayVerify(actor: Actor): Promise<boolean> {
	const { units } = await referenceData();
	const isAbove = (id: string) => units.some((unit) => unit.parentId === id || (unit.id === id && unit.depth === 0));
	return (await isRootAdmin(actor)) || units.some(({ id }) => isAbove(id) && holds(actor, id, 'supervisor'));
}

/** @throws NotAllowed unless the actor may verify the log */
export async function requireVerifier(actor: Actor): Promise<void> {
	if (!(await mayVerify(actor))) throw new NotAllowed('log_verifier');
}

/** `verifyLog` for those who may. Calls at the same time share one run. @throws NotAllowed */
export async function verifyLogAs(actor: Actor): Promise<Verification> {
	await requireVerifier(actor);
	running ??= verifyLog().finally(() => (running = undefined));
	return running;
}

const REQUEST = 'audit-verify';

/** As `verifyLog`. @throws StartError with the database's reason if the log can't be read */
async function verifyOrStartError(): Promise<Verification> {
	try {
		return await verifyLog();
	} catch (error) {
		const { message } = ((error as Error).cause ?? error) as Error;
		throw new StartError(`the log can't be read: ${message}`, { cause: error });
	}
}

/** Lets the running site verify for the command, because no other process can open the embedded database. */
export function serveVerifyCommand(): void {
	serveLockRequest(REQUEST, async (send) => {
		try {
			send({ ...(await verifyOrStartError()) });
		} catch (error) {
			send({ fault: (error as Error).message });
		}
	});
}

/**
 * Verifies the log of the configured database. Never creates or migrates it, because an empty log would pass.
 *
 * @throws StartError
 */
export async function verifyByCommand(): Promise<Verification> {
	const { DATABASE_URL, DATA_DIR } = env();
	let sent: Verification | { fault: string } | undefined;
	const onLine = (line: object) => (sent = line as NonNullable<typeof sent>);
	if (!DATABASE_URL && (await requestFromHolder(DATA_DIR, REQUEST, onLine))) {
		if (!sent) throw new StartError(`DATA_DIR ${DATA_DIR} is held by a process that could not verify its log`);
		if ('fault' in sent) throw new StartError(sent.fault);
		return { ...sent, first: sent.first && { ...sent.first, at: sent.first.at && new Date(sent.first.at) } };
	}
	const handle = await openExistingDatabase();
	return verifyOrStartError().finally(() => handle.close());
}

/**
 * Checks the chain of the whole log, in pages: numbers without gaps, each entry's hash and link, the head, and that each
 * destroyed text is recorded. All pages show the log at one moment, because a destruction between two pages would look
 * like texts without a record. What is written meanwhile is not checked.
 */
export const verifyLog = (): Promise<Verification> =>
	db().transaction(verify, { isolationLevel: 'repeatable read', accessMode: 'read only' });

async function verify(on: Reader): Promise<Verification> {
	const result: Verification = { entries: 0, destroyed: 0, first: null, others: 0 };
	const destroyed = new Map<number, { first: Entry; count: number; numbers: Hash }>();
	let suspect: { entry: Entry; prev: string } | undefined;
	let last: Entry | undefined;
	const found = (kind: BreakKind, number: number, at: Date | null) => {
		if (result.first) result.others += 1;
		if (!result.first || number < result.first.number) result.first = { kind, number, at };
	};
	for (;;) {
		const page = await entriesAfter(on, last?.id ?? null);
		if (page.length === 0) {
			const head = await readHead(on);
			if (head ? head.mac !== macOf(head.last, head.hash) : last) found('head', last?.id ?? 0, last?.at ?? null);
			else if (head && head.last > (last?.id ?? 0)) found('removed', (last?.id ?? 0) + 1, last?.at ?? null);
			else if (head && head.hash !== last?.hash) found('inserted', head.last + 1, last?.at ?? null);
			break;
		}
		for (const entry of page) {
			const [number, prev] = [(last?.id ?? 0) + 1, last?.hash ?? ''];
			if (entry.id > number) found('removed', number, last?.at ?? null);
			else if (!isIntact(entry) || entry.prev !== prev || entry.id < number) {
				if (!result.first) suspect = { entry, prev };
				found('changed', entry.id, entry.at);
			}
			result.entries += 1;
			last = entry;
			if (entry.destroyedBy !== null) {
				result.destroyed += 1;
				const by = destroyed.get(entry.destroyedBy) ?? { first: entry, count: 0, numbers: createHash('sha256') };
				by.numbers.update(by.count === 0 ? String(entry.id) : `,${entry.id}`);
				by.count += 1;
				destroyed.set(entry.destroyedBy, by);
			}
			if (entry.action === DESTRUCTION && isRecorded(entry, destroyed.get(entry.id))) destroyed.delete(entry.id);
		}
	}
	for (const { first } of destroyed.values()) found('emptied', first.id, first.at);
	if (suspect && result.first?.number === suspect.entry.id) result.first.kind = await kindOf(on, suspect);
	return result;
}

/** Whether an entry has the hashes of its content, or is empty where its text was destroyed. */
function isIntact(entry: Entry): boolean {
	const { subject, reason, before, after, destroyedAt, destroyedBy } = entry;
	const isEmpty = subject === '' && reason === null && before === null && after === null && destroyedBy !== null;
	const textHolds = destroyedAt ? isEmpty : destroyedBy === null && entry.textHash === textHashOf(entry);
	return textHolds && entry.hash === hashOf(entry.prev, entry);
}

/** Whether the record of a destruction lists exactly these entries. */
function isRecorded({ after }: Entry, by?: { count: number; numbers: Hash }): boolean {
	const { count, list } = (after ?? {}) as { count?: number; list?: string };
	return by !== undefined && by.count === count && by.numbers.copy().digest('hex') === list;
}

/** Finds out what happened to the first entry that does not fit to the entry before, whose hash is `prev`. */
async function kindOf(on: Reader, { entry, prev }: { entry: Entry; prev: string }): Promise<BreakKind> {
	const other = async (condition: ReturnType<typeof eq>) => {
		const [row] = await on
			.select({ id: auditEntries.id })
			.from(auditEntries)
			.where(and(condition, ne(auditEntries.id, entry.id)))
			.limit(1);
		return row !== undefined;
	};
	const head = await readHead(on);
	if (entry.id < 1 || (head && entry.id > head.last)) return 'inserted';
	if (!isIntact(entry)) return (await other(eq(auditEntries.prev, prev))) ? 'inserted' : 'changed';
	if (await other(eq(auditEntries.hash, entry.hash))) return 'inserted';
	// The entry is genuine. If the one that it follows is elsewhere, they changed places.
	return (await other(eq(auditEntries.hash, entry.prev))) ? 'swapped' : 'removed';
}
