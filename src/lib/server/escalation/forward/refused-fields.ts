/** What a refusal says of one key of the report, and where a person puts it right. */
export interface RefusedField {
	/** LAPOR's key, such as `date_of_incident`. */
	key: string;
	/** LAPOR's own words: foreign, plain text. */
	text: string;
	/** The field of the re-send's form it is about; null if the handler has none for it. */
	field: ResendField | null;
	/** An id or a secret of the installation: an administrator's to put right. */
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

/** Keys whose values are settings of the office; `tags_raw` and the switches are made by the product. */
const OF_THE_INSTALLATION: ReadonlySet<string> = new Set([
	'channel',
	'user_id',
	'classification_id',
	'category_id',
	'location_id',
	'tags_raw',
	'info_disposition',
	'info_attachments'
]);

/** `field: text`, as `readReason` writes what a service says of single keys. */
const PIECE = /^([A-Za-z][\w.]{0,59}): (\S.*)$/s;

/**
 * Takes a stored refusal apart: what it says of single keys of the report, in its order. A text without such pieces has
 * none; it is shown whole anyway. `attachments.0` is about `attachments`.
 */
export function refusedFields(reasonText: string | null): RefusedField[] {
	return (reasonText ?? '').split(' · ').flatMap((piece) => {
		const [, path = '', text = ''] = PIECE.exec(piece) ?? [];
		const key = path.split('.')[0] ?? '';
		if (key === '' || !isKey(key)) return [];
		return [{ key, text, field: FIELDS[key] ?? null, admin: OF_THE_INSTALLATION.has(key) || key.startsWith('is_') }];
	});
}

const REPORTER: ReadonlySet<string> = new Set(['emailUser', 'nameUser', 'phoneUser']);

/** A sentence with a colon is no key: only what a report has counts. */
const isKey = (key: string): boolean =>
	Object.hasOwn(FIELDS, key) || OF_THE_INSTALLATION.has(key) || REPORTER.has(key) || key.startsWith('is_');
