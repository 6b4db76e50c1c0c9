import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { allows, needsSecondPerson } from '#lib/cases/moves.ts';
import { firstWords } from '#lib/text/marked.ts';
import { checked } from '#lib/server/checked.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { decideDraft } from '../answers/decide-draft.ts';
import { secondPersons } from '../answers/second-persons.ts';
import type { CaseRow } from '../find.ts';
import { hasWorkingAssignee, onePerPerson, workersFor, type Person } from '../case-staff.ts';
import { visibleTo } from '../visibility.ts';
import { archiveCase } from './archive.ts';
import { assignCase } from './assign.ts';

/** Cases that can be picked at a time: a page of the inbox. */
export const MOST_PICKED = 50;

export const BULK_VERBS = ['assignment', 'archive'] as const;
export type BulkVerb = (typeof BULK_VERBS)[number];

/** A case picked from a list: its number and the version that the list showed. */
export interface PickedCase {
	reference: string;
	version: number;
}

const picksInput = z
	.array(z.string('picks_missing').regex(/^[A-Z0-9-]{1,40}:\d{1,9}$/, 'picks_missing'), 'picks_missing')
	.min(1, 'picks_missing')
	.max(MOST_PICKED, 'picks_many');

/** Reads picked cases such as `SPATULA-…:3`. @throws Invalid if none, too many or invalid ones were picked */
export function picksOf(raw: unknown): PickedCase[] {
	const { pick } = checked(z.object({ pick: picksInput }), { pick: typeof raw === 'string' ? [raw] : raw });
	return [...new Set(pick)].map((text) => {
		const [reference = '', version = ''] = text.split(':');
		return { reference, version: Number(version) };
	});
}

/**
 * Previews a bulk verb for each picked case, in the order picked. Cases that the actor may not see are not included.
 * For an assignment, also lists the people to whom all of them may be assigned.
 */
export async function previewBulk(actor: Actor, verb: BulkVerb, picks: readonly PickedCase[]) {
	const references = picks.map(({ reference }) => reference);
	const found = await db()
		.select({ row: cases, assignee: accounts.name })
		.from(cases)
		.leftJoin(accounts, eq(accounts.id, cases.assigneeId))
		.where(and(inArray(cases.reference, references), visibleTo(actor)));
	const rows = [];
	// One after the other, so that a long list does not take every connection.
	for (const pick of picks) {
		const one = found.find(({ row }) => row.reference === pick.reference);
		if (!one) continue;
		const { row, assignee } = one;
		const { reference, title, kind, status } = row;
		const excerpt = firstWords(row.body, 120);
		const shown = { reference, title, excerpt, kind, status, assignee, version: pick.version };
		const effect: Effect = verb === 'archive' ? await effectOfArchiving(actor, row) : 'at_once';
		rows.push({ ...shown, obstacle: await obstacleTo(actor, verb, row, pick), effect });
	}
	const free = rows.filter(({ obstacle }) => obstacle === null).map(({ reference }) => reference);
	const able = found.filter(({ row }) => free.includes(row.reference)).map(({ row }) => row);
	return { rows, people: verb === 'assignment' ? await peopleForAll(able) : [] };
}

/**
 * What archiving a case does: it takes effect at once, a second person decides about the draft later, or it takes effect
 * with a single signature, because no second person is available.
 */
type Effect = 'at_once' | 'drafted' | 'single_signature';

async function effectOfArchiving(actor: Actor, row: CaseRow): Promise<Effect> {
	if (!needsSecondPerson(row.kind)) return 'at_once';
	const unit = (await referenceData()).unitById.get(row.unitId);
	if (!unit) throw new Error(`no unit ${row.unitId}`);
	const { alone } = await secondPersons(db(), row, unit, { approvalId: null, authors: [actor.accountId] });
	return alone ? 'single_signature' : 'drafted';
}

type Obstacle = 'changed' | 'status' | 'supervisor';

async function obstacleTo(actor: Actor, verb: BulkVerb, row: CaseRow, pick: PickedCase): Promise<Obstacle | null> {
	if (row.version !== pick.version) return 'changed';
	if (!allows(verb === 'archive' ? 'archive' : 'assign', row.status)) return 'status';
	const reassigns = row.assigneeId !== actor.accountId && !actor.units.supervisor.includes(row.handlingUnitId);
	return verb === 'assignment' && reassigns && (await hasWorkingAssignee(db(), row)) ? 'supervisor' : null;
}

/** People who may work on every case. */
async function peopleForAll(rows: readonly CaseRow[]): Promise<Person[]> {
	let common: Person[] | undefined;
	for (const row of rows) {
		const people = onePerPerson(await workersFor(db(), row));
		common = common?.filter(({ id }) => people.some((person) => person.id === id)) ?? people;
	}
	return common ?? [];
}

/** Outcome of one case. `refused` is the error, or null. `drafted`: a second person decides about it. */
export interface BulkOutcome {
	reference: string;
	refused: unknown;
	drafted: boolean;
}

/** Runs the verb for each case in its own commit, with its own timeline entry. A failure does not stop the others. */
async function each(
	picks: readonly PickedCase[],
	act: (pick: PickedCase) => Promise<CaseRow>,
	isDrafted: (row: CaseRow) => boolean = () => false
): Promise<BulkOutcome[]> {
	const outcomes: BulkOutcome[] = [];
	for (const pick of picks) {
		const ended = await act(pick).then(
			(row) => ({ refused: null, drafted: isDrafted(row) }),
			(cause: unknown) => ({ refused: cause, drafted: false })
		);
		outcomes.push({ reference: pick.reference, ...ended });
	}
	return outcomes;
}

export const assignPicked = (actor: Actor, picks: readonly PickedCase[], assignee: unknown) =>
	each(picks, ({ reference, version }) => assignCase(actor, reference, { assignee, version }));

/**
 * Archives every picked case for one reason. Complaints get drafts that a second person decides together.
 * @param alone the cases of which the preview said, and the actor confirmed, that a single signature is enough
 */
export function archivePicked(
	actor: Actor,
	picks: readonly PickedCase[],
	why: { reason: unknown; note: unknown },
	alone: readonly string[] = []
) {
	const options = { atDesk: true, wave: picks.length > 1 ? crypto.randomUUID() : null };
	const agreement = (reference: string) => (alone.includes(reference) ? { confirmed: 'true' } : {});
	return each(
		picks,
		({ reference, version }) => archiveCase(actor, reference, { ...why, ...agreement(reference), version }, options),
		({ status }) => status !== 'archived'
	);
}

/** Approves the draft of every picked case, for the second person of a wave of archivings. */
export const approvePicked = (actor: Actor, picks: readonly PickedCase[]) =>
	each(picks, ({ reference, version }) => decideDraft(actor, reference, { decision: 'approve', version }));
