import { m } from '#lib/paraglide/messages.js';
import { COUNT_REASONS, SET_ASIDE_REASONS } from '#lib/ratings/vocabulary.ts';
import { SKM_SET_ASIDE_REASONS } from '#lib/skm/vocabulary.ts';
import { accessKindWord, accessStateWord } from './access.ts';
import { ratingReasonWord } from './rating.ts';
import { skmReasonWord } from './skm.ts';

type Predicate = (inputs: { subject: string }) => string;

/** What a person did, as the rest of the sentence after their name. An action without a sentence does not compile. */
const predicates = {
	'absence.added': m.audit_do_absence_added,
	'absence.removed': m.audit_do_absence_removed,
	'account.changed': m.audit_do_account_changed,
	'account.created': m.audit_do_account_created,
	'account.session_ended': m.audit_do_account_session_ended,
	'account.signed_out_everywhere': m.audit_do_account_signed_out_everywhere,
	'backup.asked': m.audit_do_backup_asked,
	'backup.downloaded': m.audit_do_backup_downloaded,
	'backup.released': m.audit_do_backup_released,
	'backup.restored': m.audit_do_backup_restored,
	'backup.rules_changed': m.audit_do_backup_rules_changed,
	'breach.affected_added': m.breach_action_affected_added,
	'breach.changed': m.breach_action_changed,
	'breach.closed': m.breach_action_closed,
	'breach.letter_edited': m.breach_action_letter_edited,
	'breach.letter_sent': m.breach_action_letter_sent,
	'breach.notice_published': m.breach_action_notice_published,
	'breach.recorded': m.breach_action_recorded,
	'breach.reopened': m.breach_action_reopened,
	'breach.rules_changed': m.breach_action_rules_changed,
	'breach.told': m.breach_action_told,
	'calendar.day_removed': m.audit_do_calendar_day_removed,
	'calendar.day_set': m.audit_do_calendar_day_set,
	'calendar.year_loaded': m.audit_do_calendar_year_loaded,
	'case.sealed_print': m.audit_do_case_sealed_print,
	'category_words.changed': m.audit_do_category_words_changed,
	'destruction.proposed': m.retention_action_proposed,
	'destruction.decided': m.retention_action_decided,
	'destruction.counted': m.retention_action_counted,
	'destruction.recorded': m.retention_action_recorded,
	'destruction.confirmed': m.retention_action_confirmed,
	'destruction.carried_out': m.retention_action_carried_out,
	'destruction.cancelled': m.retention_action_cancelled,
	'destruction.item_left_out': m.retention_action_left_out,
	'retention.rule_confirmed': m.retention_action_rule,
	'data_request.received': m.request_action_received,
	'data_request.granted': m.request_action_granted,
	'data_request.refused': m.request_action_refused,
	'data_request.withdrawn': m.request_action_withdrawn,
	'data_request.lifted': m.request_action_lifted,
	'follow_up.added': m.audit_do_follow_up_added,
	'follow_up.done': m.audit_do_follow_up_done,
	'identity.revealed': m.audit_do_identity_revealed,
	'kiosk.key_stored': m.audit_do_kiosk_key_stored,
	'kiosk.link_made': m.audit_do_kiosk_link_made,
	'kiosk.paired': m.audit_do_kiosk_paired,
	'kiosk.pin_set': m.audit_do_kiosk_pin_set,
	'kiosk.withdrawn': m.audit_do_kiosk_withdrawn,
	'lapor.changed': m.audit_do_lapor_changed,
	'lapor.masters_read': m.audit_do_lapor_masters_read,
	'lapor.options_changed': m.audit_do_lapor_options_changed,
	'lapor.status_mapped': m.audit_do_lapor_status_mapped,
	'lapor.tested': m.audit_do_lapor_tested,
	'list.exported': m.audit_do_list_exported,
	'log.destroyed': m.audit_do_log_destroyed,
	'mail.closing_changed': m.audit_do_mail_closing_changed,
	'mail.left': m.audit_do_mail_left,
	'mail.sent_again': m.audit_do_mail_sent_again,
	'officer.changed': m.audit_do_officer_changed,
	'officer.created': m.audit_do_officer_created,
	'officer.photo_consent_given': m.audit_do_officer_photo_consent_given,
	'officer.photo_consent_withdrawn': m.audit_do_officer_photo_consent_withdrawn,
	'officer.photo_removed': m.audit_do_officer_photo_removed,
	'officer.photo_set': m.audit_do_officer_photo_set,
	'password.set': m.audit_do_password_set,
	'password_link.created': m.audit_do_password_link_created,
	'place.changed': m.audit_do_place_changed,
	'place.created': m.audit_do_place_created,
	'place.renewed': m.audit_do_place_renewed,
	'place.withdrawn': m.audit_do_place_withdrawn,
	'rating.comment_hidden': m.audit_do_rating_comment_hidden,
	'rating.comment_shown': m.audit_do_rating_comment_shown,
	'rating.contest_decided': m.audit_do_rating_contest_decided,
	'rating.contested': m.audit_do_rating_contested,
	'rating.held': m.audit_do_rating_held,
	'rating.kept': m.audit_do_rating_kept,
	'rating.method_changed': m.audit_do_rating_method_changed,
	'rating.proposal_refused': m.audit_do_rating_proposal_refused,
	'rating.proposed': m.audit_do_rating_proposed,
	'rating.restored': m.audit_do_rating_restored,
	'rating.voided': m.audit_do_rating_voided,
	'recap.cause_written': m.audit_do_recap_cause_written,
	'recap.corrected': m.audit_do_recap_corrected,
	'recap.due_changed': m.audit_do_recap_due_changed,
	'recap.filed': m.audit_do_recap_filed,
	'receipt.renewed': m.audit_do_receipt_renewed,
	'role.granted': m.audit_do_role_granted,
	'role.revoked': m.audit_do_role_revoked,
	'roster.added': m.audit_do_roster_added,
	'roster.changed': m.audit_do_roster_changed,
	'roster.removed': m.audit_do_roster_removed,
	'routing.changed': m.audit_do_routing_changed,
	'routing.created': m.audit_do_routing_created,
	'routing.removed': m.audit_do_routing_removed,
	'rule.changed': m.audit_do_rule_changed,
	'service.changed': m.audit_do_service_changed,
	'service.created': m.audit_do_service_created,
	'setup.confirmed': m.audit_do_setup_confirmed,
	'skm.changed': m.audit_do_skm_changed,
	'skm.held': m.audit_do_skm_held,
	'skm.kept': m.audit_do_skm_kept,
	'skm.published': m.audit_do_skm_published,
	'skm.restored': m.audit_do_skm_restored,
	'skm.voided': m.audit_do_skm_voided,
	'skm.withdrawn': m.audit_do_skm_withdrawn,
	'template.changed': m.audit_do_template_changed,
	'template.created': m.audit_do_template_created,
	'token.created': m.audit_do_token_created,
	'token.revoked': m.audit_do_token_revoked,
	'unit.changed': m.audit_do_unit_changed,
	'unit.closed': m.audit_do_unit_closed,
	'unit.created': m.audit_do_unit_created,
	'unit.figures': m.audit_do_unit_figures,
	'unit.opened': m.audit_do_unit_opened,
	'visit.corrected': m.audit_do_visit_corrected,
	'visit.officer_changed': m.audit_do_visit_officer_changed
} satisfies Record<string, Predicate>;

type AccessState = Parameters<typeof accessStateWord>[0];
type AccessKind = Parameters<typeof accessKindWord>[0];

/** An action of the audit log: subject and verb. A new one gets its sentence in `predicates`. */
export type AuditAction = keyof typeof predicates | `access.${AccessState}.${AccessKind}`;

type Area = AuditAction extends infer Action ? (Action extends `${infer Name}.${string}` ? Name : never) : never;

/** Areas by which the log can be filtered: the part of an action before its dot. */
export const areaWords: Record<Area, () => string> = {
	account: m.admin_area_account,
	role: m.term_roles,
	access: m.access_area,
	absence: m.admin_area_absence,
	password_link: m.admin_area_password_link,
	password: m.admin_area_password,
	token: m.common_page_tokens,
	unit: m.admin_area_unit,
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
	return (predicates as Record<string, Predicate | undefined>)[action]?.({ subject }) ?? `${action}: ${subject}`;
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
