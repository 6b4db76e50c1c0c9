import { m } from '#lib/paraglide/messages.js';
import { COUNT_REASONS, SET_ASIDE_REASONS } from '#lib/ratings/vocabulary.ts';
import { ratingReasonWord } from '#lib/ui/rating-words.ts';

const actions: Record<string, () => string> = {
	'absence.added': m.admin_action_absence_added,
	'absence.removed': m.admin_action_absence_removed,
	'account.changed': m.admin_action_account_changed,
	'account.created': m.admin_action_account_created,
	'account.signed_out_everywhere': m.admin_action_account_signed_out_everywhere,
	'calendar.day_removed': m.admin_action_calendar_day_removed,
	'calendar.day_set': m.admin_action_calendar_day_set,
	'calendar.year_loaded': m.admin_action_calendar_year_loaded,
	'identity.revealed': m.admin_action_identity_revealed,
	'lapor.changed': m.admin_action_lapor_changed,
	'lapor.tested': m.admin_action_lapor_tested,
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
	'rating.voided': m.admin_action_rating_voided,
	'receipt.renewed': m.admin_action_receipt_renewed,
	'role.granted': m.admin_action_role_granted,
	'role.revoked': m.admin_action_role_revoked,
	'rule.changed': m.admin_action_rule_changed,
	'service.changed': m.admin_action_service_changed,
	'service.created': m.admin_action_service_created,
	'token.created': m.admin_action_token_created,
	'token.revoked': m.admin_action_token_revoked,
	'unit.changed': m.admin_action_unit_changed,
	'unit.created': m.admin_action_unit_created
};

/** What happened, in words; an action that has none yet is shown as it is stored rather than hidden. */
export const actionWord = (action: string): string => actions[action]?.() ?? action;

export const areaWords = {
	account: m.admin_area_account,
	role: m.admin_area_role,
	absence: m.admin_area_absence,
	password_link: m.admin_area_password_link,
	password: m.admin_area_password,
	token: m.admin_area_token,
	unit: m.admin_area_unit,
	officer: m.admin_area_officer,
	service: m.admin_area_service,
	place: m.admin_area_place,
	calendar: m.admin_area_calendar,
	rule: m.admin_area_rule,
	lapor: m.admin_area_lapor,
	rating: m.admin_area_rating,
	identity: m.admin_area_identity,
	receipt: m.admin_area_receipt
};

const ratingReasons: readonly string[] = [...SET_ASIDE_REASONS, ...COUNT_REASONS];

/** Why: as somebody wrote it, or in words where a rating's reason was chosen from a list. */
export function reasonWord(action: string, reason: string): string {
	const chosen = action.startsWith('rating.') && ratingReasons.includes(reason);
	return chosen ? ratingReasonWord(reason as Parameters<typeof ratingReasonWord>[0]) : reason;
}
