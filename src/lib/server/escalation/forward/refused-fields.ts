/** A field of a report that LAPOR refused, with LAPOR's reason. */
export interface RefusedField {
	/** LAPOR's key, such as `date_of_incident`. */
	key: string;
	/** LAPOR's reason. */
	text: string;
	/** The field of our form; null if the handler can't change the value. */
	field: ResendField | null;
	/** True if the value comes from a setting, which an administrator must correct. */
	admin: boolean;
}

export type ResendField = 'title' | 'content' | 'incident_on' | 'institution' | 'attachments';

const FIELDS: Readonly<Record<string, ResendField>> = {
	title: 'title',
	content: 'content',
	date_of_incident: 'incident_on',
	disposition_id: 'institution',
	attachments: 'attachments'
};

/** Keys whose values come from settings or are generated. The flags `is_…` belong to them too. */
const SETTINGS =
	/^(channel|user_id|classification_id|category_id|location_id|tags_raw|info_disposition|info_attachments)$/;
const REPORTER = /^(emailUser|nameUser|phoneUser)$/;

/** `field: text`, the form in which `readReason` writes the reason for one key. */
const PIECE = /^([A-Za-z][\w.]{0,59}): (\S.*)$/s;

/** Splits a stored reason into the reasons for single keys of the report, in order. `attachments.0` counts as `attachments`. */
export function refusedFields(reasonText: string | null): RefusedField[] {
	return (reasonText ?? '').split(' · ').flatMap((piece) => {
		const [, path = '', text = ''] = PIECE.exec(piece) ?? [];
		const key = path.split('.')[0] ?? '';
		const field = Object.hasOwn(FIELDS, key) ? (FIELDS[key] ?? null) : null;
		const admin = SETTINGS.test(key) || key.startsWith('is_');
		// A sentence with a colon looks the same, but does not begin with a key of a report.
		return field || admin || REPORTER.test(key) ? [{ key, text, field, admin }] : [];
	});
}
