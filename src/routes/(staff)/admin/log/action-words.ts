import { m } from '#lib/paraglide/messages.js';
import { COUNT_REASONS, SET_ASIDE_REASONS } from '#lib/ratings/vocabulary.ts';
import { SKM_SET_ASIDE_REASONS } from '#lib/skm/vocabulary.ts';
import { accessKindWord, accessStateWord } from '#lib/words/access.ts';
import { ratingReasonWord } from '#lib/words/rating.ts';
import { skmReasonWord } from '#lib/words/skm.ts';

const actions: Record<string, () => string> = {
	'absence.added': m.admin_action_absence_added,
	'absence.removed': m.admin_action_absence_removed,
	'account.changed': m.admin_action_account_changed,
	'account.created': m.admin_action_account_created,
	'account.signed_out_everywhere': m.admin_action_account_signed_out_everywhere,
	'backup.asked': m.backup_action_asked,
	'backup.downloaded': m.backup_action_downloaded,
	'backup.released': m.backup_action_released,
	'backup.restored': m.backup_action_restored,
	'backup.rules_changed': m.backup_action_rules_changed,
	'calendar.day_removed': m.admin_action_calendar_day_removed,
	'calendar.day_set': m.admin_action_calendar_day_set,
	'calendar.year_loaded': m.admin_action_calendar_year_loaded,
	'case.sealed_print': m.admin_action_case_sealed_print,
	'identity.revealed': m.admin_action_identity_revealed,
	'kiosk.key_stored': m.admin_action_kiosk_key_stored,
	'kiosk.link_made': m.admin_action_kiosk_link_made,
	'kiosk.paired': m.admin_action_kiosk_paired,
	'kiosk.pin_set': m.admin_action_kiosk_pin_set,
	'kiosk.withdrawn': m.admin_action_kiosk_withdrawn,
	'lapor.changed': m.admin_action_lapor_changed,
	'lapor.masters_read': m.admin_action_lapor_masters_read,
	'lapor.options_changed': m.admin_action_lapor_options_changed,
	'lapor.status_mapped': m.admin_action_lapor_status_mapped,
	'lapor.tested': m.admin_action_lapor_tested,
	'list.exported': m.admin_action_list_exported,
	'mail.closing_changed': m.letters_action_closing_changed,
	'mail.left': m.letters_action_left,
	'mail.sent_again': m.letters_action_sent_again,
	'officer.changed': m.admin_action_officer_changed,
	'officer.created': m.admin_action_officer_created,
	'officer.photo_removed': m.admin_action_officer_photo_removed,
	'officer.photo_set': m.admin_action_officer_photo_set,
	'password.set': m.admin_action_password_set,
	'password_link.created': m.admin_action_password_link_created,
	'place.changed': m.admin_action_place_changed,
	'place.created': m.admin_action_place_created,
	'place.renewed': m.admin_action_place_renewed,
	'place.withdrawn': m.admin_action_place_withdrawn,
	'rating.held': m.admin_action_rating_held,
	'rating.kept': m.admin_action_rating_kept,
	'rating.comment_hidden': m.admin_action_rating_comment_hidden,
	'rating.comment_shown': m.admin_action_rating_comment_shown,
	'rating.contest_decided': m.admin_action_rating_contest_decided,
	'rating.contested': m.admin_action_rating_contested,
	'rating.method_changed': m.admin_action_rating_method_changed,
	'rating.proposal_refused': m.admin_action_rating_proposal_refused,
	'rating.proposed': m.admin_action_rating_proposed,
	'rating.restored': m.admin_action_rating_restored,
	'rating.voided': m.admin_action_rating_voided,
	'receipt.renewed': m.admin_action_receipt_renewed,
	'role.granted': m.admin_action_role_granted,
	'role.revoked': m.admin_action_role_revoked,
	'data_request.received': m.request_action_received,
	'data_request.granted': m.request_action_granted,
	'data_request.refused': m.request_action_refused,
	'data_request.withdrawn': m.request_action_withdrawn,
	'data_request.lifted': m.request_action_lifted,
	'roster.added': m.admin_action_roster_added,
	'roster.changed': m.admin_action_roster_changed,
	'roster.removed': m.admin_action_roster_removed,
	'rule.changed': m.admin_action_rule_changed,
	'service.changed': m.admin_action_service_changed,
	'service.created': m.admin_action_service_created,
	'recap.filed': m.rekap_action_filed,
	'recap.corrected': m.rekap_action_corrected,
	'recap.cause_written': m.rekap_action_cause,
	'recap.due_changed': m.rekap_action_due,
	'follow_up.added': m.rekap_action_follow_up,
	'follow_up.done': m.rekap_action_follow_up_done,
	'skm.changed': m.admin_action_skm_changed,
	'skm.held': m.admin_action_skm_held,
	'skm.kept': m.admin_action_skm_kept,
	'skm.published': m.admin_action_skm_published,
	'skm.restored': m.admin_action_skm_restored,
	'skm.voided': m.admin_action_skm_voided,
	'skm.withdrawn': m.admin_action_skm_withdrawn,
	'template.changed': m.answering_action_template_changed,
	'template.created': m.answering_action_template_created,
	'token.created': m.admin_action_token_created,
	'token.revoked': m.admin_action_token_revoked,
	'unit.changed': m.admin_action_unit_changed,
	'unit.figures': m.admin_action_unit_figures,
	'unit.created': m.admin_action_unit_created,
	'visit.corrected': m.admin_action_visit_corrected,
	'visit.officer_changed': m.admin_action_visit_officer_changed
};

/** Text of an action; an action without a text is shown by its stored name. */
export function actionWord(action: string): string {
	const [area, state, kind] = action.split('.');
	if (area !== 'access') return actions[action]?.() ?? action;
	return m.access_log({
		state: accessStateWord(state as Parameters<typeof accessStateWord>[0]),
		what: accessKindWord(kind as Parameters<typeof accessKindWord>[0])
	});
}

export const areaWords = {
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
	template: m.answering_templates,
	lapor: m.term_lapor,
	rating: m.admin_area_rating,
	skm: m.skm_short,
	recap: m.rekap_page,
	follow_up: m.rekap_action,
	identity: m.admin_area_identity,
	receipt: m.admin_area_receipt,
	list: m.admin_area_list,
	mail: m.letters_outbox,
	backup: m.backup_page,
	data_request: m.request_page
};

const ratingReasons: readonly string[] = [...SET_ASIDE_REASONS, ...COUNT_REASONS];
const skmReasons: readonly string[] = [...SKM_SET_ASIDE_REASONS, ...COUNT_REASONS];

/** Text of a reason: the words for a reason chosen from a list, else the reason as typed. */
export function reasonWord(action: string, reason: string): string {
	if (action.startsWith('skm.') && skmReasons.includes(reason)) {
		return skmReasonWord(reason as Parameters<typeof skmReasonWord>[0]);
	}
	const isRatingReason = action.startsWith('rating.') && ratingReasons.includes(reason);
	return isRatingReason ? ratingReasonWord(reason as Parameters<typeof ratingReasonWord>[0]) : reason;
}
