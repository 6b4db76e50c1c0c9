import { attachmentsValue } from '#lib/server/integrations/lapor/attachments-value.ts';
import type { CreatePayload } from '#lib/server/integrations/lapor/types.ts';
import { forwardReference, referenceTag } from './lapor-reference.ts';

/** What is known of a case when it is forwarded; texts as the handler confirmed them, already redacted. */
export interface ReportSource {
	/** `SPATULA-7604-26-000123`. */
	reference: string;
	nn: number;
	kind: 'complaint' | 'suggestion' | 'information_request';
	title: string;
	body: string;
	requestedSolution?: string | null;
	category: string;
	/** YYYY-MM-DD; null if the reporter didn't say. */
	incidentOn: string | null;
	/** YYYY-MM-DD in the unit's zone. */
	receivedOn: string;
	/** YYYY-MM-DD in the unit's zone: no incident lies after it. */
	today: string;
	identity: 'named' | 'withheld' | 'none';
	/** Recorded consent, and the handler's choice to use it. */
	consent: boolean;
	reporter: { name?: string | null; email?: string | null; phone?: string | null } | null;
	/** True unless the reporter allowed publication. */
	secret: boolean;
	priority: boolean;
	/** Ids of files already uploaded. */
	fileIds: readonly string[];
}

/** Ids and switches of one unit at LAPOR. Undefined: nobody has entered it yet. */
export interface ReportSettings {
	channel?: number;
	/** The agency's own account. */
	userId?: number;
	/** The target institution. */
	dispositionId?: number;
	locationId?: number;
	/** From our categories to LAPOR's, for this target. */
	categoryIds: Readonly<Record<string, number>>;
	classificationIds: Readonly<Record<ReportSource['kind'], number>>;
	isInbox: boolean;
	isDisposition: boolean;
	isApproval: boolean;
	infoDisposition: string | null;
	infoAttachments: string | null;
	attachmentsTrailingDot: boolean;
}

/** What a unit starts from. Classification as on the public form; the switches as a live client sends them. */
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

/** On the public form a title has at most this many characters. */
export const TITLE_CHARACTERS = 100;

/** The part of a report that a person reads and, in manual mode, copies field by field. */
export interface ReportTexts {
	reference: string;
	title: string;
	content: string;
	date_of_incident: string;
	classification: 'Pengaduan' | 'Permintaan Informasi' | 'Aspirasi';
	tags_raw: string;
	is_anonymous: boolean;
	is_secret: boolean;
	/** The reporter's identity, only with consent; null: the report goes out under the agency's account. */
	identity: { name: string; email: string; phone: string } | null;
}

const CLASSIFICATIONS = {
	complaint: 'Pengaduan',
	information_request: 'Permintaan Informasi',
	suggestion: 'Aspirasi'
} as const;

/** Writes the texts of a report: the reference first, so that a person can find it at LAPOR. */
export function reportTexts(source: ReportSource): ReportTexts {
	const reference = forwardReference(source.reference, source.nn);
	const identity = identityOf(source);
	const solution = source.requestedSolution?.trim();
	const paragraphs = [
		`${reference}\n${source.body.trim()}`,
		solution && `Penyelesaian yang diharapkan: ${solution}`,
		source.incidentOn === null &&
			'Tanggal kejadian tidak disebutkan pelapor; yang diisikan adalah tanggal laporan diterima.',
		identity === null && 'Diteruskan melalui akun instansi; identitas pelapor tidak disertakan.'
	];
	return {
		reference,
		title: source.title.trim(),
		content: paragraphs.filter(Boolean).join('\n\n'),
		date_of_incident: source.incidentOn ?? source.receivedOn,
		classification: CLASSIFICATIONS[source.kind],
		tags_raw: referenceTag(reference),
		is_anonymous: source.identity !== 'named',
		is_secret: source.secret,
		identity
	};
}

/** A report without a name has no identity to send, whatever else is set. */
function identityOf(source: ReportSource): ReportTexts['identity'] {
	if (!source.consent || source.identity === 'none' || source.reporter === null) return null;
	const { name, email, phone } = source.reporter;
	return { name: name?.trim() ?? '', email: email?.trim() ?? '', phone: phone?.trim() ?? '' };
}

/** The ids a create needs; present once `reportProblems` has nothing to say. */
interface ReportIds {
	channel: number;
	dispositionId: number;
	categoryId: number;
	locationId: number;
	userId: number | undefined;
}

function idsOf(source: ReportSource, settings: ReportSettings): ReportIds | undefined {
	const { channel, dispositionId, locationId, userId } = settings;
	const categoryId = settings.categoryIds[source.category];
	if (channel === undefined || dispositionId === undefined || locationId === undefined) return undefined;
	if (categoryId === undefined || (userId === undefined && identityOf(source) === null)) return undefined;
	return { channel, dispositionId, locationId, categoryId, userId };
}

/** The body of a create, exact to the key. Undefined if an id is missing: `reportProblems` names it. */
export function reportPayload(source: ReportSource, settings: ReportSettings): CreatePayload | undefined {
	const ids = idsOf(source, settings);
	if (!ids) return undefined;
	const { title, content, date_of_incident, tags_raw, is_anonymous, is_secret, identity } = reportTexts(source);
	const account = identity
		? { emailUser: identity.email, nameUser: identity.name, phoneUser: identity.phone }
		: { user_id: ids.userId };
	return {
		title,
		content,
		channel: ids.channel,
		is_new_user_slider: identity !== null,
		...account,
		is_inbox: settings.isInbox,
		is_disposisi_slider: settings.isDisposition,
		classification_id: settings.classificationIds[source.kind],
		disposition_id: ids.dispositionId,
		category_id: ids.categoryId,
		priority_program_id: null,
		location_id: ids.locationId,
		community_id: null,
		date_of_incident,
		copy_externals: null,
		info_disposition: settings.infoDisposition,
		info_attachments: settings.infoAttachments,
		tags_raw,
		is_approval: settings.isApproval,
		is_anonymous,
		is_secret,
		is_priority: source.priority,
		attachments: attachmentsValue(source.fileIds, settings.attachmentsTrailingDot)
	};
}
