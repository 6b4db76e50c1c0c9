import { CASE_KINDS, type CaseKind, type TimelineType } from '#lib/cases/vocabulary.ts';

/** What a destruction can destroy. Each part has its own retention period. */
export const RETENTION_PARTS = [
	/** Name and contact of the reporter. */
	'identity',
	/** What reporter and office wrote: report, messages, notes, drafts. */
	'text',
	/** Photos and documents. */
	'files',
	/** Letters with the office's answer. */
	'letters',
	/** The guest book's words about a visit. */
	'guest_book',
	'rating_comments',
	/** Entries of the audit log. */
	'log',
	/** Subscriptions of browsers to notices. */
	'push',
	/** Requests about personal data without a case, and people named in the breach book. */
	'privacy'
] as const;
export type RetentionPart = (typeof RETENTION_PARTS)[number];

/** Parts of a case. Their retention period depends on the kind of the case and begins when it is closed. */
export const CASE_PARTS = ['identity', 'text', 'files', 'letters'] as const satisfies readonly RetentionPart[];
type CasePart = (typeof CASE_PARTS)[number];

/** How long a part of a report is kept after the report is closed, as far as it is set. */
export interface CasePeriod {
	part: CasePart;
	/** The shortest and the longest period of the kinds that have one, in months. Null: no kind has one. */
	months: { from: number; to: number } | null;
	/** Kinds of reports without a period. This part of them is not destroyed. */
	unset: CaseKind[];
}

export const isCasePart = (part: RetentionPart): part is CasePart => (CASE_PARTS as readonly string[]).includes(part);

/** `none`: the part belongs to no case. */
export type RetentionKind = CaseKind | 'none';

const kindsOf = (part: RetentionPart): readonly RetentionKind[] => (isCasePart(part) ? CASE_KINDS : ['none']);

/** Why something stays although its period has passed. `removed`: a person left it out, with a reason. */
export type KeptReason = 'hold' | 'dispute' | 'data_request' | 'open_clock' | 'linked' | 'forward' | 'removed';

/**
 * States of a destruction. `proposed`: collected for the appraisal committee. `decided`: the decree is entered.
 * `recorded`: the record of destruction with its witnesses is entered; it waits for the two confirmations.
 * `running`: both confirmed, a job destroys. A cancelled destruction destroyed nothing.
 */
export type DestructionState = 'proposed' | 'decided' | 'recorded' | 'running' | 'carried_out' | 'cancelled';

/** Whether a case is held, by its timeline. */
export const isHeld = (timeline: readonly { type: TimelineType }[]): boolean =>
	timeline.findLast(({ type }) => type === 'retention_held' || type === 'retention_released')?.type ===
	'retention_held';

/** How much of one part would be destroyed: rows of the database, and stored files. */
export interface PartCount {
	rows: number;
	files: number;
}

/** A witness of the destruction: from the legal unit and from the supervision unit. */
export interface Witness {
	name: string;
	position: string;
}

export interface RetentionRule {
	part: RetentionPart;
	kind: RetentionKind;
	months: number;
	basis: string;
	/** Code of the agency's retention schedule (jadwal retensi arsip). Without a code the part is never proposed. */
	jraCode: string | null;
}

const LAW = 'UU 27/2022; usulan sampai ditetapkan dalam JRA';
const MONTHS: Record<RetentionPart, number> = {
	identity: 24,
	text: 60,
	files: 60,
	letters: 60,
	guest_book: 24,
	rating_comments: 24,
	log: 60,
	push: 12,
	privacy: 60
};

/** Suggestions for a new installation. An administrator of the root unit confirms each and adds its code. */
export const SUGGESTED_RULES: readonly RetentionRule[] = RETENTION_PARTS.flatMap((part) =>
	kindsOf(part).map((kind) => ({ part, kind, months: MONTHS[part], basis: LAW, jraCode: null }))
);
