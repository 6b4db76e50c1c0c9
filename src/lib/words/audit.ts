import { m } from '#lib/paraglide/messages.js';
import { COUNT_REASONS, SET_ASIDE_REASONS } from '#lib/ratings/vocabulary.ts';
import { SKM_SET_ASIDE_REASONS } from '#lib/skm/vocabulary.ts';
import { accessKindWord, accessStateWord, type AccessState } from './access.ts';
import { ratingReasonWord } from './rating.ts';
import { skmReasonWord } from './skm.ts';

type AccessKind = Parameters<typeof accessKindWord>[0];

type ActionOf<Key> = Key extends `audit_do_${infer Area}__${infer Verb}` ? `${Area}.${Verb}` : never;

/**
 * An action of the audit log: subject and verb. What the person did, as the rest of the sentence after their name, is the
 * message `audit_do_SUBJECT__VERB`. An action without this message does not compile.
 */
export type AuditAction = ActionOf<keyof typeof m> | `access.${AccessState}.${AccessKind}`;

type Area = AuditAction extends infer Action ? (Action extends `${infer Name}.${string}` ? Name : never) : never;

/** Areas by which the log can be filtered: the part of an action before its dot. */
export const areaWords: Record<Area, () => string> = {
	account: m.admin_area_account,
	role: m.term_roles,
	access: m.access_area,
	absence: m.admin_area_absence,
	password_link: m.admin_area_password_link,
	password: m.admin_area_password,
	second_factor: m.account_code_title,
	single_sign_on: m.sso_title,
	token: m.common_page_tokens,
	unit: m.common_page_units,
	officer: m.common_page_officers,
	service: m.common_page_services,
	place: m.common_page_places,
	visit: m.visits_visit,
	roster: m.roster_page,
	kiosk: m.admin_area_kiosk,
	calendar: m.common_page_calendar,
	rule: m.common_page_deadlines,
	routing: m.routing_page,
	category_words: m.audit_area_category_words,
	template: m.answering_templates,
	lapor: m.term_lapor,
	connection: m.channels_page,
	conversation: m.incoming_page,
	rating: m.admin_area_rating,
	setup: m.setup_page,
	skm: m.skm_short,
	recap: m.rekap_page,
	follow_up: m.rekap_action,
	case: m.term_case,
	identity: m.admin_area_identity,
	receipt: m.admin_area_receipt,
	list: m.admin_area_list,
	log: m.common_page_log,
	mail: m.letters_outbox,
	backup: m.backup_page,
	data_request: m.request_page,
	destruction: m.retention_proposals,
	retention: m.retention_schedule,
	breach: m.breach_page
};

/** The rest of the sentence after the person's name. An action that this version doesn't know is shown as it is stored. */
export function predicateOf(action: string, subject: string): string {
	const [area, state, kind] = action.split('.');
	if (area === 'access') {
		const words = { state: accessStateWord(state as AccessState), what: accessKindWord(kind as AccessKind) };
		return m.audit_do_access({ ...words, subject });
	}
	const sentences = m as unknown as Record<string, ((inputs: { subject: string }) => string) | undefined>;
	return sentences[`audit_do_${area}__${state}`]?.({ subject }) ?? `${action}: ${subject}`;
}

const ratingReasons: readonly string[] = [...SET_ASIDE_REASONS, ...COUNT_REASONS];
const skmReasons: readonly string[] = [...SKM_SET_ASIDE_REASONS, ...COUNT_REASONS];

/** Text of a reason: the words for a reason chosen from a list, else the reason as typed. */
export function auditReasonWord(action: string, reason: string): string {
	if (action.startsWith('skm.') && skmReasons.includes(reason)) {
		return skmReasonWord(reason as Parameters<typeof skmReasonWord>[0]);
	}
	const isRatingReason = action.startsWith('rating.') && ratingReasons.includes(reason);
	return isRatingReason ? ratingReasonWord(reason as Parameters<typeof ratingReasonWord>[0]) : reason;
}
