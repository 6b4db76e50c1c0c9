import { m } from '#lib/paraglide/messages.js';

/*
 * Words for LAPOR's own keys of a report. Outside of `integrations/lapor` and its mapping, only this file knows them.
 */

/** Names of the office's settings that can be missing for a forward. */
const owed: Readonly<Record<string, () => string>> = {
	channel: m.escalation_owed_channel,
	user_id: m.escalation_owed_user_id,
	location_id: m.escalation_owed_location_id,
	disposition_id: m.escalation_owed_disposition_id,
	category_id: m.escalation_owed_category_id,
	user: m.escalation_owed_user,
	institution: m.escalation_owed_institution
};

/** Whether it is the key of a setting that can be missing for a forward. */
export const isOwed = (key: string): boolean => Object.hasOwn(owed, key);

/** The name of a setting that is missing for a forward. */
export const owedWord = (key: string): string => owed[key]?.() ?? key;

/** Names of the fields with which a composed report can have a problem. */
export const problemFields = {
	title: m.escalation_field_title,
	content: m.common_report_text,
	date_of_incident: m.escalation_field_date,
	category_id: m.term_category,
	channel: m.term_channel,
	user_id: m.escalation_field_user,
	location_id: m.escalation_field_location,
	disposition_id: m.escalation_field_institution,
	nameUser: m.common_name,
	emailUser: m.common_email_address,
	phoneUser: m.common_phone_number,
	attachments: m.escalation_field_files
};

/** Names of the keys that LAPOR can refuse, also of those for which the form for sending again has no field. */
const refused: Readonly<Record<string, () => string>> = {
	...problemFields,
	user_id: m.escalation_key_user_id,
	location_id: m.escalation_key_location_id,
	classification_id: m.escalation_key_classification_id,
	tags_raw: m.escalation_field_tags,
	is_anonymous: m.escalation_field_anonymous,
	is_secret: m.escalation_field_secret,
	nameUser: m.escalation_key_name,
	emailUser: m.escalation_key_email,
	phoneUser: m.escalation_key_phone
};

/** The name of a key that LAPOR refused. An unknown key is returned unchanged. */
export const refusedKeyWord = (key: string): string => refused[key]?.() ?? key;
