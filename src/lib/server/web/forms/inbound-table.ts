import { invalid } from '#lib/server/errors.ts';
import { decodeTable } from '#lib/server/csv-table.ts';
import { writeInboundTable } from '#lib/server/escalation/from-lapor/csv.ts';
import type { JudgedLine } from '#lib/server/escalation/from-lapor/import.ts';
import { m } from '#lib/paraglide/messages.js';
import type { ReadForm } from '../http/form.ts';
import { issueText } from '#lib/server/issue-text.ts';

/**
 * Below `MAX_TEXT_BYTES`, because the table is sent again as a text of the form that stores it, with two bytes for each
 * line end.
 */
const MAX_TABLE_BYTES = 240 * 1024;

/** The table of a form: an uploaded file, or the text of one that was checked before. @throws Invalid */
export async function tableOfForm({ data, files }: ReadForm): Promise<string> {
	const [file] = files;
	if (file && file.size > MAX_TABLE_BYTES) throw invalid('file', 'inbound_csv_large');
	if (file) return decodeTable(new Uint8Array(await file.arrayBuffer()));
	if (typeof data.table !== 'string') throw invalid('file', 'inbound_csv_missing');
	return data.table;
}

/** The message about what to correct in a line; null if the line is right. */
function problemOf({ outcome }: JudgedLine): string | null {
	if (outcome.kind === 'wrong') return outcome.issues.map(issueText).join(' ');
	return outcome.kind === 'elsewhere' ? m.error_inbound_elsewhere() : null;
}

export type ShownLine = ReturnType<typeof shownLine>;

export function shownLine(line: JudgedLine) {
	const { outcome, cells } = line;
	return {
		line: line.line,
		laporId: cells.lapor_id ?? '',
		title: cells.title ?? cells.content?.slice(0, 120) ?? '',
		kind: outcome.kind,
		reference: 'reference' in outcome ? outcome.reference : null,
		accepts: outcome.kind === 'attaches' && outcome.accepts,
		sameAs: outcome.kind === 'repeated' ? outcome.line : null,
		problem: problemOf(line)
	};
}

/** A table of the lines that were not stored, with what to correct, to be uploaded again. */
export function tableToFix(lines: readonly JudgedLine[]): string {
	return writeInboundTable(
		lines.flatMap((line) => {
			const problem = problemOf(line);
			return problem === null ? [] : [{ ...line, problem }];
		})
	);
}
