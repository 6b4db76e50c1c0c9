import type { CreatePayload } from '#lib/server/integrations/lapor/types.ts';
import { LAPOR_CHARACTERS } from '#lib/cases/forwarding.ts';
import type { Category } from '#lib/cases/vocabulary.ts';
import { isLocalDate } from '#lib/calendar/days.ts';
import { FORWARD_BYTES } from '#lib/server/attachments/picture-and-pdf-limits.ts';
import type { Reporter } from '#lib/server/cases/reporter.ts';
import { forwardReference, referenceTag } from '#lib/text/reference-numbers.ts';

/** The part of a confirmed report that is stored in `escalations.report`. */
export interface ReportFacts {
	kind: 'complaint' | 'suggestion' | 'information_request';
	category: Category;
	/** The solution that the reporter asks for. */
	solution: string | null;
	/** YYYY-MM-DD; null if the reporter didn't say. */
	incidentOn: string | null;
	/** YYYY-MM-DD in the unit's zone. */
	receivedOn: string;
	identity: 'named' | 'withheld' | 'none';
	/** True unless the reporter allowed publication. */
	secret: boolean;
	priority: boolean;
	/** The target institution; null: the office's own. */
	institutionId: number | null;
}

/** A report before it is mapped to LAPOR's keys. The texts are redacted and confirmed by the handler. */
export interface ReportSource extends ReportFacts {
	/** `SPATULA-1203-26-000123`. */
	reference: string;
	nn: number;
	title: string;
	content: string;
	/** YYYY-MM-DD in the unit's zone. */
	today: string;
	/** The identity to send, with the reporter's recorded consent; null: the report is sent under the agency's account. */
	reporter: Reporter | null;
}

/** Ids and flags for the reports of one unit. Undefined: not entered yet. */
export interface ReportSettings {
	channel?: number;
	userId?: number;
	dispositionId?: number;
	locationId?: number;
	/** LAPOR's category ids for this target, by our categories. */
	categoryIds: Readonly<Record<string, number>>;
	classificationIds: Readonly<Record<ReportSource['kind'], number>>;
	isInbox: boolean;
	isDisposition: boolean;
	isApproval: boolean;
	infoDisposition: string | null;
	infoAttachments: string | null;
	attachmentsTrailingDot: boolean;
}

/** Classifications are those of the public form; flags are those that a live client sends. */
export const REPORT_DEFAULTS: ReportSettings = {
	categoryIds: {},
	classificationIds: { complaint: 1, information_request: 2, suggestion: 3 },
	isInbox: true,
	isDisposition: true,
	isApproval: false,
	infoDisposition: null,
	infoAttachments: null,
	attachmentsTrailingDot: true
};

const CLASSIFICATIONS = {
	complaint: 'Pengaduan',
	information_request: 'Permintaan Informasi',
	suggestion: 'Aspirasi'
} as const;

/**
 * Writes the texts of a report, which a person reads and in manual mode copies field by field. The content begins with the
 * reference, so that a person can find the report at LAPOR. `identity` is null if the report is sent under the agency's
 * account.
 */
export function reportTexts(source: ReportSource) {
	const reference = forwardReference(source.reference, source.nn);
	const identity = identityOf(source);
	const solution = source.solution?.trim();
	const paragraphs = [
		`${reference}\n${source.content.trim()}`,
		solution && `Penyelesaian yang diharapkan: ${solution}`,
		source.incidentOn === null &&
			'Tanggal kejadian tidak disebutkan pelapor; yang diisikan adalah tanggal laporan diterima.',
		identity === null && 'Diteruskan melalui akun instansi; identitas pelapor tidak disertakan.'
	];
	return {
		reference,
		title: source.title.trim(),
		content: paragraphs.filter(Boolean).join('\n\n'),
		incidentDay: source.incidentOn ?? source.receivedOn,
		classification: CLASSIFICATIONS[source.kind],
		tags: referenceTag(reference),
		// Reporters allow publication only without their name (`citizen_secret_yes`). Without an identity there is no name.
		isAnonymous: identity === null || source.identity !== 'named' || !source.secret,
		isSecret: source.secret,
		identity
	};
}

/** The identity to send; always null if the report is anonymous. */
function identityOf(source: ReportSource): { name: string; email: string; phone: string } | null {
	if (source.identity === 'none' || source.reporter === null) return null;
	const { name, email, phone } = source.reporter;
	return { name: name?.trim() ?? '', email: email?.trim() ?? '', phone: phone?.trim() ?? '' };
}

/** A file id as JSON. LAPOR's ids are numbers. */
export const fileIdValue = (id: string): string => (/^(0|[1-9]\d{0,14})$/.test(id) ? id : JSON.stringify(id));

/** The `attachments` key of a create: a JSON array of file ids, with or without the dot, or `false` without files. */
export const attachmentsValue = (values: readonly string[], trailingDot: boolean): string | false =>
	values.length > 0 && `[${values.join(',')}]${trailingDot ? '.' : ''}`;

/** The exact body of a create, without its files; undefined if an id is missing, which `reportProblems` then returns. */
export function reportPayload(source: ReportSource, settings: ReportSettings): CreatePayload | undefined {
	const { title, content, incidentDay, tags, isAnonymous, isSecret, identity } = reportTexts(source);
	const { channel, dispositionId, locationId, userId } = settings;
	const categoryId = settings.categoryIds[source.category];
	if (channel === undefined || dispositionId === undefined || locationId === undefined) return undefined;
	if (categoryId === undefined || (userId === undefined && !identity)) return undefined;
	const account = identity
		? { emailUser: identity.email, nameUser: identity.name, phoneUser: identity.phone }
		: { user_id: userId };
	return {
		title,
		content,
		channel,
		is_new_user_slider: identity !== null,
		...account,
		is_inbox: settings.isInbox,
		is_disposisi_slider: settings.isDisposition,
		classification_id: settings.classificationIds[source.kind],
		disposition_id: dispositionId,
		category_id: categoryId,
		priority_program_id: null,
		location_id: locationId,
		community_id: null,
		date_of_incident: incidentDay,
		copy_externals: null,
		info_disposition: settings.infoDisposition,
		info_attachments: settings.infoAttachments,
		tags_raw: tags,
		is_approval: settings.isApproval,
		is_anonymous: isAnonymous,
		is_secret: isSecret,
		is_priority: source.priority,
		attachments: false
	};
}

export type ReportField =
	| 'title'
	| 'content'
	| 'date_of_incident'
	| 'category_id'
	| 'channel'
	| 'user_id'
	| 'location_id'
	| 'disposition_id'
	| 'nameUser'
	| 'emailUser'
	| 'phoneUser'
	| 'attachments';

export type ReportProblemCode =
	| 'missing'
	| 'too_long'
	| 'invalid'
	| 'in_future'
	/** A transfer to the office's own agency. */
	| 'own_agency'
	/** An administrator must enter the id. */
	| 'not_configured'
	/** Integrity cases are never forwarded. */
	| 'not_forwardable'
	/** The file is too large. The report is sent without it. */
	| 'stays_behind';

export interface ReportProblem {
	field: ReportField;
	problem: ReportProblemCode;
	detail?: string;
}

interface FileSize {
	bytes: number;
	forwardBytes: number | null;
}

/** Whether a file, or its smaller copy, is too large for LAPOR. */
export const isTooLarge = ({ bytes, forwardBytes }: FileSize): boolean => (forwardBytes ?? bytes) > FORWARD_BYTES;

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Problems of the texts. In manual mode only these are checked. */
export function textProblems(source: ReportSource): ReportProblem[] {
	const texts = reportTexts(source);
	const problems: (ReportProblem | false)[] = [
		texts.title === '' && { field: 'title', problem: 'missing' },
		texts.title.length > LAPOR_CHARACTERS.title && { field: 'title', problem: 'too_long' },
		source.content.trim() === '' && { field: 'content', problem: 'missing' },
		source.category === 'integrity' && { field: 'category_id', problem: 'not_forwardable' },
		!isLocalDate(texts.incidentDay) && { field: 'date_of_incident', problem: 'invalid' },
		isLocalDate(texts.incidentDay) &&
			texts.incidentDay > source.today && { field: 'date_of_incident', problem: 'in_future' }
	];
	return [
		...problems.filter((problem) => problem !== false),
		...(texts.identity ? identityProblems(texts.identity) : [])
	];
}

/** Problems of the identity: LAPOR needs name, e-mail and phone, because it creates an account for the reporter. */
function identityProblems(identity: { name: string; email: string; phone: string }): ReportProblem[] {
	const digits = identity.phone.replace(/\D/g, '').length;
	const problems: (ReportProblem | false)[] = [
		identity.name === '' && { field: 'nameUser', problem: 'missing' },
		identity.email === '' && { field: 'emailUser', problem: 'missing' },
		identity.email !== '' && !EMAIL.test(identity.email) && { field: 'emailUser', problem: 'invalid' },
		identity.phone === '' && { field: 'phoneUser', problem: 'missing' },
		identity.phone !== '' && (digits < 8 || digits > 15) && { field: 'phoneUser', problem: 'invalid' }
	];
	return problems.filter((problem) => problem !== false);
}

/** Problems of a report for the API. If there are none, `reportPayload` returns a body. */
export function reportProblems(source: ReportSource, settings: ReportSettings): ReportProblem[] {
	const ids: readonly [ReportField, number | undefined][] = [
		['channel', settings.channel],
		['disposition_id', settings.dispositionId],
		['location_id', settings.locationId],
		['category_id', settings.categoryIds[source.category]],
		['user_id', reportTexts(source).identity ? 0 : settings.userId]
	];
	const missing = ids.filter(([, id]) => id === undefined);
	return [...textProblems(source), ...missing.map(([field]) => ({ field, problem: 'not_configured' as const }))];
}

/** Files that are too large for LAPOR. The report is sent without them. */
export const fileProblems = (files: readonly (FileSize & { name: string })[]): ReportProblem[] =>
	files.filter(isTooLarge).map((file) => ({ field: 'attachments', problem: 'stays_behind', detail: file.name }));
