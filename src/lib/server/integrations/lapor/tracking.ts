import { at, listAt, textAt } from './foreign-text.ts';
import { parseWib } from './wib.ts';

export interface StatusLog {
	note: string;
	at: Date | undefined;
}

export interface DataLog {
	content: string;
	institutionFrom: string | undefined;
	institutionTo: string | undefined;
	at: Date | undefined;
}

export interface ComplaintDetail {
	statusCode: string | undefined;
	statusName: string | undefined;
	dispositionId: string | undefined;
	dispositionName: string | undefined;
	statusLogs: readonly StatusLog[];
	dataLogs: readonly DataLog[];
}

export interface Followup {
	/** Undefined if the service gives none: then time and note together tell one from another. */
	id: string | undefined;
	content: string;
	institutionFrom: string | undefined;
	institutionTo: string | undefined;
	at: Date | undefined;
	attachments: readonly { path: string; fileName: string; extension: string }[];
	statusOld: string | undefined;
	statusNew: string | undefined;
}

/** A report's present state and history; undefined if the answer isn't a detail. Missing keys are no error. */
export function readDetail(json: unknown): ComplaintDetail | undefined {
	const data = at(json, 'results', 'data');
	if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
	const logs = [...listAt(json, 'results', 'data_logs'), ...listAt(data, 'data_logs')];
	const institution = textAt(data, 'disposition_name');
	return {
		statusCode: textAt(data, 'status_code'),
		statusName: textAt(data, 'status_name'),
		dispositionId: textAt(data, 'disposition_id'),
		dispositionName: institution,
		statusLogs: listAt(data, 'status_logs').map((log) => ({
			note: fillPlaceholders(textAt(log, 'note') ?? '', { institution_from: institution }),
			at: parseWib(textAt(log, 'timestamp'))
		})),
		dataLogs: logs.map(readDataLog)
	};
}

function readDataLog(log: unknown): DataLog {
	const institutionFrom = textAt(log, 'institution_from', 'name') ?? textAt(log, 'institution_from_name');
	const institutionTo = textAt(log, 'institution_to', 'name') ?? textAt(log, 'institution_to_name');
	const content = fillPlaceholders(textAt(log, 'content') ?? '', {
		institution_from: institutionFrom,
		institution_to: institutionTo,
		status_old: textAt(log, 'status_old', 'name') ?? textAt(log, 'status_old'),
		status_new: textAt(log, 'status_new', 'name') ?? textAt(log, 'status_new')
	});
	return { content, institutionFrom, institutionTo, at: parseWib(textAt(log, 'date')) };
}

/** The rows of a list of follow-ups as they came; of a list that is null or left out there are none. Undefined: no list. */
export function followupRows(json: unknown): readonly unknown[] | undefined {
	const rows = at(json, 'results', 'data');
	const results = at(json, 'results');
	const unnamed = rows === undefined && typeof results === 'object' && results !== null;
	if (rows === null || unnamed) return [];
	return Array.isArray(rows) ? rows.filter((row) => typeof row === 'object' && row !== null) : undefined;
}

/** The follow-ups of a report; undefined if the answer isn't a list of them. */
export const readFollowups = (json: unknown): Followup[] | undefined => followupRows(json)?.map(readFollowup);

function readFollowup(row: unknown): Followup {
	const institutionFrom = textAt(row, 'institution_from_name') ?? textAt(row, 'institution_from', 'name');
	const institutionTo = textAt(row, 'institution_to_name') ?? textAt(row, 'institution_to', 'name');
	const statusOld = textAt(row, 'status_old', 'name');
	const statusNew = textAt(row, 'status_new', 'name');
	const content = fillPlaceholders(textAt(row, 'content') ?? '', {
		institution_from: institutionFrom,
		institution_to: institutionTo,
		status_old: statusOld,
		status_new: statusNew
	});
	return {
		id: textAt(row, 'id'),
		content,
		institutionFrom,
		institutionTo,
		at: parseWib(textAt(row, 'created_at')),
		attachments: listAt(row, 'attachments').flatMap((file) => readAttachment(file) ?? []),
		statusOld,
		statusNew
	};
}

function readAttachment(file: unknown) {
	const path = textAt(file, 'path');
	if (path === undefined) return undefined;
	const fileName = textAt(file, 'file_name') ?? path.split('/').at(-1) ?? path;
	return { path, fileName, extension: textAt(file, 'extension') ?? '' };
}

type Placeholder = 'institution_from' | 'institution_to' | 'status_old' | 'status_new';

/** Fills in what LAPOR leaves to its clients; what isn't known becomes a dash, so no braces reach a reader. */
export function fillPlaceholders(text: string, values: Partial<Record<Placeholder, string | undefined>>): string {
	const known: Record<string, string | undefined> = {
		...values,
		institution: values.institution_from ?? values.institution_to
	};
	return text.replace(
		/\{\{\s*(institution_from|institution_to|institution|status_old|status_new)\s*\}\}/g,
		(_whole, name: string) => known[name] ?? '–'
	);
}
