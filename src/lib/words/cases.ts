import {
	CATEGORIES,
	type ArchiveReason,
	type CaseClass,
	type CaseKind,
	type CaseStatus,
	type Category,
	type Channel,
	type EscalationState,
	type Identity,
	type Priority
} from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale, locales, type Locale } from '#lib/paraglide/runtime.js';

/*
 * Texts of code values in the reader's language. Each table is a full Record, so a value without a text does not
 * compile. Citizens and staff have different texts for some values.
 */

export type Audience = 'citizen' | 'staff';
export type Words<Value extends string | number> = Record<Value, () => string>;
export const wordOf =
	<Value extends string | number>(words: Words<Value>) =>
	(value: Value) =>
		words[value]();

/** The text for a name that comes from an address or a program. Undefined if it has none, such as `constructor`. */
export const wordNamed = (words: Readonly<Record<string, () => string>>, name: string | null): string | undefined =>
	name !== null && Object.hasOwn(words, name) ? words[name]?.() : undefined;

const statuses: Words<CaseStatus> = {
	received: m.status_received,
	verified: m.status_verified,
	in_progress: m.status_in_progress,
	needs_info: m.status_needs_info,
	answered: m.status_answered,
	closed: m.status_closed,
	archived: m.status_archived
};
const citizenStatuses: Words<CaseStatus> = {
	...statuses,
	needs_info: m.status_needs_info_citizen,
	archived: m.status_archived_citizen
};
/** One sentence that explains the status to the reporter. */
export const statusMeaning = wordOf<CaseStatus>({
	received: m.status_received_meaning,
	verified: m.status_verified_meaning,
	in_progress: m.status_in_progress_meaning,
	needs_info: m.status_needs_info_meaning,
	answered: m.status_answered_meaning,
	closed: m.status_closed_meaning,
	archived: m.status_archived_meaning
});
export const kindWord = wordOf<CaseKind>({
	complaint: m.kind_complaint,
	suggestion: m.kind_suggestion,
	information_request: m.kind_information_request
});
const categories = {
	requirements: m.category_requirements,
	procedure: m.category_procedure,
	time: m.category_time,
	cost: m.category_cost,
	product: m.category_product,
	competence: m.category_competence,
	behaviour: m.category_behaviour,
	facilities: m.category_facilities,
	integrity: m.category_integrity,
	other: m.category_other
} satisfies Words<Category>;
const classes: Words<CaseClass> = {
	information: m.class_information,
	plain: m.class_plain,
	oversight: m.class_oversight
};
const citizenClasses: Words<CaseClass> = {
	information: m.class_information,
	plain: m.class_plain_citizen,
	oversight: m.class_oversight_citizen
};
export const priorityWord = wordOf<Priority>({ low: m.priority_low, normal: m.priority_normal, high: m.priority_high });
export const channelWord = wordOf<Channel>({
	qr: m.channel_qr,
	web: m.channel_web,
	kiosk: m.channel_kiosk,
	email: m.common_email,
	whatsapp: m.channel_whatsapp,
	sms: m.channel_sms,
	box: m.channel_box,
	walk_in: m.channel_walk_in,
	phone: m.channel_phone,
	lapor: m.term_lapor,
	api: m.channel_api
});
const identities: Words<Identity> = {
	named: m.identity_named,
	withheld: m.identity_withheld,
	none: m.identity_none
};
const staffIdentities: Words<Identity> = {
	named: m.identity_named_staff,
	withheld: m.identity_withheld_staff,
	none: m.identity_none_staff
};
/** What the choice means, in one line. */
export const identityHint = wordOf<Identity>({
	named: m.identity_named_hint,
	withheld: m.identity_withheld_hint,
	none: m.identity_none_hint
});
/** The further consequences of the choice. */
export const identityMore = wordOf<Identity>({
	named: m.identity_named_more,
	withheld: m.identity_withheld_more,
	none: m.identity_none_more
});
export const archiveReasonWord = wordOf<ArchiveReason>({
	duplicate: m.archive_reason_duplicate,
	out_of_scope: m.archive_reason_out_of_scope,
	incomplete: m.archive_reason_incomplete,
	spam: m.archive_reason_spam,
	other_authority: m.archive_reason_other_authority,
	information_request: m.archive_reason_information_request,
	withdrawn: m.archive_reason_withdrawn
});
/** Whether the open draft of a case waits for its second person or was sent back to its writer. */
export type DraftState = 'pending' | 'sent_back';
const answerStateWord = wordOf<DraftState>({
	pending: m.answer_state_pending,
	sent_back: m.answer_state_sent_back
});

export const statusWord = (status: CaseStatus, audience: Audience) =>
	(audience === 'citizen' ? citizenStatuses : statuses)[status]();
/** The state of a case for staff, the same in each list, file and page: an open draft says more than the status. */
export const caseStateWord = ({ status, draft }: { status: CaseStatus; draft: DraftState | null | undefined }) =>
	draft ? answerStateWord(draft) : statusWord(status, 'staff');
interface EndedReport {
	status: CaseStatus;
	archiveReason: ArchiveReason | null;
	/** Answered, and then withdrawn by its reporter. */
	withdrawn?: boolean;
}
/** Whether a report ended because it was withdrawn. */
export const isWithdrawn = ({ status, archiveReason, withdrawn }: EndedReport) =>
	withdrawn === true || (status === 'archived' && archiveReason === 'withdrawn');
/** The status of a report as its reporter reads it. Another agency may have taken it over. */
export function reportStatusWord(report: EndedReport & { transferredTo: string | null }) {
	const { status, transferredTo } = report;
	if (isWithdrawn(report)) return m.progress_withdrawn();
	// The word of the step (`progressOf`).
	if (status === 'verified') return m.progress_verified();
	return status === 'answered' && transferredTo !== null
		? m.status_transferred({ institution: transferredTo })
		: statusWord(status, 'citizen');
}
/** The newest forward of a report to SP4N-LAPOR!. */
export interface ReportForward {
	laporId: string | null;
	laporStatus: string | null;
	state: EscalationState;
}
/** Number and status of the report at SP4N-LAPOR!, as its reporter reads them. Null if it is not forwarded. */
export function reportForwardWord({ laporId: id, laporStatus: status, state }: ReportForward): string | null {
	// A forward that ended without a number was withdrawn before it was sent.
	if (!id) return state === 'closed' ? null : m.citizen_case_forward_waiting();
	return status ? m.term_escalated_with_status({ id, status }) : m.citizen_case_forward_sent({ id });
}
/** Name of the category, by default in the reader's language. */
export const categoryWord = (category: Category, locale: Locale = getLocale()) => categories[category]({}, { locale });
export const classWord = (value: CaseClass, audience: Audience) =>
	(audience === 'citizen' ? citizenClasses : classes)[value]();
export const identityWord = (identity: Identity, audience: Audience) =>
	(audience === 'citizen' ? identities : staffIdentities)[identity]();

/** Name of a file in the reader's language: citizens' files are stored as `Foto 1.jpg` and `Dokumen 2.pdf`. */
export function fileWord(name: string, locale: Locale = getLocale()): string {
	const [, word, number = ''] = /^(Foto|Dokumen) (\d+\.\w+)$/.exec(name) ?? [];
	if (!word) return name;
	return (word === 'Foto' ? m.citizen_case_file_photo : m.citizen_case_file_document)({ number }, { locale });
}

/**
 * The categories whose name in either language has a word that begins with `word`. Empty if `word` has fewer than
 * `shortest` characters.
 */
export function categoriesCalled(word: string, shortest: number): Category[] {
	if (word.length < shortest) return [];
	return CATEGORIES.filter((category) =>
		locales.some((locale) =>
			categories[category]({}, { locale })
				.toLowerCase()
				.split(/[^\p{L}\p{N}]+/u)
				.some((part) => part.startsWith(word))
		)
	);
}
