import { FORWARD_BYTES } from '#lib/server/attachments/picture-pdf.ts';
import { reportTexts, TITLE_CHARACTERS, type ReportSettings, type ReportSource } from './lapor-report.ts';

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
	/** An administrator has to enter the id. */
	| 'not_configured'
	/** Reports about integrity stay with the parent unit. */
	| 'not_forwardable'
	/** The file stays behind; the report can go. */
	| 'stays_behind';

export interface ReportProblem {
	field: ReportField;
	problem: ReportProblemCode;
	/** The name of the file, where it is about one. */
	detail?: string;
}

interface Sized {
	bytes: number;
	forwardBytes: number | null;
}

/** Whether LAPOR would refuse a file for its size, in the smaller copy where there is one. */
export const isTooLarge = ({ bytes, forwardBytes }: Sized): boolean => (forwardBytes ?? bytes) > FORWARD_BYTES;

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Checks what a person reads and edits; enough for manual mode. An empty list: ready. */
export function textProblems(source: ReportSource): ReportProblem[] {
	const texts = reportTexts(source);
	const problems: (ReportProblem | false)[] = [
		texts.title === '' && { field: 'title', problem: 'missing' },
		texts.title.length > TITLE_CHARACTERS && { field: 'title', problem: 'too_long' },
		source.body.trim() === '' && { field: 'content', problem: 'missing' },
		source.category === 'integrity' && { field: 'category_id', problem: 'not_forwardable' },
		!isDate(texts.date_of_incident) && { field: 'date_of_incident', problem: 'invalid' },
		isDate(texts.date_of_incident) &&
			texts.date_of_incident > source.today && { field: 'date_of_incident', problem: 'in_future' }
	];
	return [
		...problems.filter((problem) => problem !== false),
		...(texts.identity ? identityProblems(texts.identity) : [])
	];
}

/** With consent LAPOR makes an account for the reporter, and needs all three. */
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

/** Everything that stands between a case and a create by API. An empty list: `reportPayload` answers. */
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

/** Names the files that are too large for LAPOR. They stay behind and hold nothing up. */
export const fileProblems = (files: readonly (Sized & { name: string })[]): ReportProblem[] =>
	files.filter(isTooLarge).map((file) => ({ field: 'attachments', problem: 'stays_behind', detail: file.name }));

function isDate(text: string): boolean {
	const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
	return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
