import { eq } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { CaseStatus, ClockName } from '#lib/cases/vocabulary.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { caseForReporter, type CaseRow } from '#lib/server/cases/find.ts';
import { askReporter } from '#lib/server/cases/conversation/message.ts';
import { scoreAnswer } from '#lib/server/cases/conversation/reporter-reply.ts';
import { changeNamedOfficers } from '#lib/server/cases/officers/officers-of-case.ts';
import { reporterView } from '#lib/server/cases/reporter-view.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import type { TrackedCase } from '#lib/server/cases/visibility.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeCase, makeUnit } from './factories.ts';

export type Office = Awaited<ReturnType<typeof makeOffice>>;

/** A regency office below its province, with one handler and one supervisor, and the province's supervisor. */
export async function makeOffice(timeZone = 'Asia/Makassar') {
	const root = await makeUnit({ timeZone });
	const unit = await makeUnit({ parent: root, timeZone });
	return {
		root,
		unit,
		handler: await makeActor([[unit.id, 'handler']]),
		supervisor: await makeActor([[unit.id, 'supervisor']]),
		rootSupervisor: await makeActor([[root.id, 'supervisor']])
	};
}

/** Runs `work` with the clock at `moment`. */
export const atTime = <T>(moment: string | Date, work: () => T): T => withClock(() => new Date(moment), work);

/** The present row of a case. */
export async function readCase(reference: string): Promise<CaseRow> {
	const [row] = await db().select().from(cases).where(eq(cases.reference, reference));
	if (!row) throw new Error(`no case ${reference}`);
	return row;
}

/** The input of a verb, with the present version of the case. */
export async function on(reference: string, input: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
	return { ...input, version: (await readCase(reference)).version };
}

/** Adds an officer to the named officers of a case. */
export async function nameOfficer(actor: Actor, reference: string, officer: { id: string }): Promise<void> {
	await changeNamedOfficers(actor, reference, await on(reference, { officer: officer.id, action: 'add' }));
}

/** Calls a verb of the desk with the present version of the case. */
export async function act<Result, Rest extends unknown[]>(
	verb: (actor: Actor, reference: string, raw: unknown, ...rest: Rest) => Promise<Result>,
	actor: Actor,
	reference: string,
	input: Record<string, unknown> = {},
	...rest: Rest
): Promise<Result> {
	return verb(actor, reference, await on(reference, input), ...rest);
}

/** The case as opened by its reporter on the tracking page. */
export async function trackedCase(reference: string): Promise<TrackedCase> {
	const { id, receiptHash } = await readCase(reference);
	return { caseId: id, receiptHash };
}

/** The tracking page of a case. */
export const seenByReporter = async (reference: string) =>
	reporterView(await caseForReporter(await trackedCase(reference)));

/** The rows of another table that belong to a case. */
export async function rowsOfCase<T extends PgTable & { caseId: PgColumn }>(table: T, reference: string) {
	const { id } = await readCase(reference);
	return (await db()
		.select()
		.from(table as PgTable)
		.where(eq(table.caseId, id))) as T['$inferSelect'][];
}

/** The timeline entries of a case, in order. */
export async function entriesOf(reference: string) {
	return (await rowsOfCase(timeline, reference)).sort((a, b) => a.seq - b.seq);
}

/** The types of a case's timeline entries, in order. */
export async function story(reference: string): Promise<string[]> {
	return (await entriesOf(reference)).map(({ type }) => type);
}

/** The last entry of a type in a case's timeline. */
export async function lastEntry(reference: string, type: string) {
	return (await entriesOf(reference)).findLast((entry) => entry.type === type);
}

/** The latest run of a deadline. */
export async function clockOf(reference: string, name: ClockName) {
	const runs = (await rowsOfCase(clocks, reference)).filter((clock) => clock.name === name);
	return runs.sort((a, b) => b.run - a.run)[0];
}

export const ANSWER = 'Kami sudah menambah satu loket pada jam sibuk.';

/** Brings a received case to `status` with the verbs of the desk, each by a person with that role. */
export async function bringTo(office: Office, reference: string, status: CaseStatus): Promise<CaseRow> {
	const { handler, supervisor } = office;
	if (status === 'received') return readCase(reference);
	if (status === 'needs_info') {
		await askReporter(handler, reference, await on(reference, { body: 'Tanggal berapa kejadiannya?' }));
		return readCase(reference);
	}
	if (status === 'archived') {
		await archiveCase(handler, reference, await on(reference, { reason: 'out_of_scope', note: 'Bukan layanan kami.' }));
		if ((await readCase(reference)).status !== 'archived') await approve(supervisor, reference);
		return readCase(reference);
	}
	await verifyCase(handler, reference, await on(reference, { category: 'time', class: 'plain' }));
	if (status === 'verified') return readCase(reference);
	await assignCase(handler, reference, await on(reference, { assignee: handler.accountId }));
	if (status === 'in_progress') return readCase(reference);
	await answerCase(handler, reference, await on(reference, { body: ANSWER }));
	if ((await readCase(reference)).status !== 'answered') await approve(supervisor, reference);
	if (status === 'answered') return readCase(reference);
	await scoreAnswer((await readCase(reference)).id, { score: 5 });
	return readCase(reference);
}

/** Approves the pending draft. */
export async function approve(actor: Office['supervisor'], reference: string): Promise<CaseRow> {
	return decideDraft(actor, reference, await on(reference, { decision: 'approve' }));
}

/** Opens a case and brings it to `status`. */
export async function caseIn(
	office: Office,
	status: CaseStatus,
	changes: Record<string, unknown> = {}
): Promise<CaseRow> {
	const { reference } = await makeCase(office.unit, changes);
	return bringTo(office, reference, status);
}
