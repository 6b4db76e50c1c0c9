import { allows } from './status.ts';
import type { CaseStatus } from './vocabulary.ts';

/** Why the answer of a main case has not gone to a report that is linked to it. Screens have the words. */
export const HOLD_REASONS = [
	'unverified',
	'waiting',
	'apart',
	'personal',
	'named',
	'second_person',
	'final',
	'transferred',
	'main_archived'
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** What a person can settle by a draft of their own, which somebody else signs. */
export const DRAFTABLE: readonly HoldReason[] = ['named', 'second_person', 'final'];

/** What must happen to the linked report first; undefined if the table of moves allows an answer. */
export function notYet(status: CaseStatus): HoldReason | undefined {
	if (allows('answer', status)) return undefined;
	return status === 'needs_info' ? 'waiting' : 'unverified';
}

/** What of a case decides whether it can be linked, and to what. */
export interface Linkable {
	id: number;
	unitId: string;
	handlingUnitId: string;
	restricted: boolean;
	category: string | null;
	status: CaseStatus;
	mainCaseId: number | null;
}

/**
 * Why `row` can't be linked to `main`; undefined if it can. There are no chains: a main case is linked to none, and
 * what others are linked to is itself no linked one. What only supervisors see stays apart from everything.
 */
export function linkProblem(row: Linkable, main: Linkable, isMain: boolean) {
	const secret = (one: Linkable) => one.restricted || one.category === 'integrity';
	if (row.id === main.id) return 'link_self';
	if (secret(row) || secret(main)) return 'link_restricted';
	if (row.unitId !== main.unitId || row.handlingUnitId !== main.handlingUnitId) return 'link_other_unit';
	if (main.status === 'archived') return 'link_main_archived';
	if (row.mainCaseId !== null) return 'link_already';
	return main.mainCaseId !== null || isMain ? 'link_chain' : undefined;
}

/** Data of the other reporters of linked reports, which no other reporter may read. */
interface Strangers {
	references: readonly string[];
	names: readonly string[];
	contacts: readonly string[];
}

const squeezed = (text: string) => text.replace(/[\s().\-–]/g, '').toLowerCase();
const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();

/**
 * Whether a text names somebody else's number, contact or name. Parts of a name count where they are written as a
 * name: "Sari" does, "sari" is a word.
 */
export function tellsOfOthers(text: string, strangers: Strangers): boolean {
	const tight = squeezed(text);
	const tells = (value: string) => squeezed(value).length >= 6 && tight.includes(squeezed(value));
	if ([...strangers.references, ...strangers.contacts].some(tells)) return true;
	const written = new Set(text.match(/[\p{L}']+/gu) ?? []);
	return strangers.names
		.flatMap((name) => name.match(/[\p{L}']{3,}/gu) ?? [])
		.some((part) => written.has(capitalised(part)) || written.has(part.toUpperCase()));
}
