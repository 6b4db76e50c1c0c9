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

/** Areas of the log whose subject is the name of an account. */
export const ACCOUNT_AREAS: readonly string[] = [
	'account',
	'role',
	'access',
	'absence',
	'sign_in',
	'password_link',
	'password',
	'second_factor',
	'single_sign_on'
] satisfies Area[];

/** Areas by which the log can be filtered: the part of an action before its dot. */
export const areaWords: Record<Area, () => string> = {
	account: m.admin_area_account,
	role: m.term_roles,
	access: m.access_area,
	absence: m.admin_area_absence,
	password_link: m.admin_area_password_link,
	password: m.admin_area_password,
	sign_in: m.audit_area_sign_in,
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
	recap: m.recap_page,
	follow_up: m.recap_action,
	case: m.term_case,
	identity: m.admin_area_identity,
	receipt: m.admin_area_receipt,
	list: m.admin_area_list,
	log: m.common_page_log,
	mail: m.mail_outbox,
	backup: m.backup_page,
	data_request: m.request_page,
	destruction: m.retention_proposals,
	retention: m.retention_schedule,
	breach: m.breach_page
};

/** Words of keys of an entry's values that are also the word of a column or field. Others are `audit_label_KEY`. */
const labels: Record<string, () => string> = {
	accountId: m.common_account,
	action: m.recap_action,
	active: m.admin_account_on,
	assign: m.routing_assign,
	attachmentsTrailingDot: m.admin_lapor_option_attachmentsTrailingDot,
	basis: m.admin_rule_basis,
	cases: m.term_cases,
	category: m.term_category,
	cause: m.recap_late_cause,
	channel: m.term_channel,
	code: m.common_code,
	count: m.common_count,
	day: m.common_day,
	days: m.roster_weekdays,
	decree: m.retention_step_decree,
	deputy: m.triage_deputy,
	desk: m.term_desk,
	device: m.kiosk_admin_device,
	doneOn: m.recap_follow_up_day,
	email: m.common_email,
	filter: m.sheet_about_filter,
	from: m.roster_from,
	fromDay: m.roster_from,
	ground: m.request_column_ground,
	handlerId: m.role_handler,
	infoDisposition: m.admin_lapor_option_infoDisposition,
	institution: m.admin_lapor_master_institution,
	isApproval: m.admin_lapor_option_isApproval,
	isInbox: m.admin_lapor_option_isInbox,
	kind: m.common_kind,
	language: m.common_language,
	month: m.recap_due_month,
	name: m.common_name,
	nameEn: m.admin_service_name_en,
	nicknames: m.admin_officer_nicknames,
	number: m.common_number,
	officer: m.term_officer,
	officerId: m.term_officer,
	order: m.acting_order,
	otherSurveyUrl: m.skm_admin_other,
	placeId: m.term_place,
	priority: m.term_priority,
	purpose: m.recap_lapor_purpose,
	quarter: m.recap_due_quarter,
	ratings: m.insight_group_ratings,
	recordAllAtLapor: m.admin_lapor_record_all,
	reference: m.term_case,
	respondents: m.skm_respondents,
	responsible: m.admin_unit_responsible,
	role: m.admin_role,
	rootCause: m.recap_root_cause,
	rules: m.routing_page,
	scopes: m.admin_token_scopes,
	service: m.term_service,
	singleSignature: m.term_single_signature,
	standard: m.admin_standard,
	state: m.common_state,
	status: m.common_status,
	timeZone: m.admin_unit_zone,
	toDay: m.audit_label_to,
	unitId: m.term_unit,
	use: m.answering_template_use,
	version: m.recap_version,
	website: m.admin_unit_website,
	whatsapp: m.channel_whatsapp
};

/** Word of a key of an entry's values. A key that this version doesn't know is shown as it is stored. */
export function auditLabelWord(key: string): string {
	const messages = m as unknown as Record<string, (() => string) | undefined>;
	return (labels[key] ?? messages[`audit_label_${key}`])?.() ?? key;
}

/**
 * The rest of the sentence after the person's name. An action that this version doesn't know is shown as it is stored.
 * @param byAccount an account did it, so that a change of access which takes effect was approved; else its time was up
 */
export function predicateOf(action: string, subject: string, byAccount: boolean): string {
	const [area, state, kind] = action.split('.');
	if (area === 'access') {
		const words = { state: accessStateWord(state as AccessState), what: accessKindWord(kind as AccessKind) };
		const approved = state === 'effective' && byAccount;
		return (approved ? m.audit_do_access_approved : m.audit_do_access)({ ...words, subject });
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
