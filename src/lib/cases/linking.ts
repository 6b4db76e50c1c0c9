import { allows } from './moves.ts';
import type { CaseStatus } from './vocabulary.ts';

/** Why a linked report did not get the answer of its main case. */
export const NOT_ANSWERED_REASONS = [
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
export type NotAnsweredReason = (typeof NOT_ANSWERED_REASONS)[number];

/** Reasons that staff can resolve with a separate draft, which a second person signs. */
export const RESOLVED_BY_DRAFT: readonly NotAnsweredReason[] = ['named', 'second_person', 'final'];

/** Why a report in this status can't be answered yet. Undefined if the table of moves allows an answer. */
export function statusReason(status: CaseStatus): NotAnsweredReason | undefined {
	if (allows('answer', status)) return undefined;
	return status === 'needs_info' ? 'waiting' : 'unverified';
}

/** The fields of a case that decide whether it can be linked. */
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
 * Why `row` can't be linked to `main`. Undefined if it can. There are no chains: a main case can't be linked to another
 * case. Restricted cases are never linked.
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
/** Removes the beginning of a phone number, because 0812… and +62812… are the same: its last eight digits stay. */
const withoutPrefix = (value: string) => squeezed(value).replace(/^\+?\d*(\d{8})$/, '$1');
const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();

/**
 * Whether a text contains the report number, contact or name of another reporter. A part of a name counts only if it is
 * capitalised: "Sari" is a name, "sari" is a word.
 */
export function revealsOtherReporters(text: string, strangers: Strangers): boolean {
	const squeezedText = squeezed(text);
	const contains = (value: string) => {
		const part = withoutPrefix(value);
		return part.length >= 6 && squeezedText.includes(part);
	};
	if ([...strangers.references, ...strangers.contacts].some(contains)) return true;
	const written = new Set(text.match(/[\p{L}']+/gu) ?? []);
	return strangers.names
		.flatMap((name) => name.match(/[\p{L}']{3,}/gu) ?? [])
		.some((part) => written.has(capitalised(part)) || written.has(part.toUpperCase()));
}
