import { Invalid } from '#lib/server/errors.ts';
import { decodeTable, writeInboundTable } from '#lib/server/escalation/inbound/csv.ts';
import type { JudgedLine } from '#lib/server/escalation/inbound/import.ts';
import { m } from '#lib/paraglide/messages.js';
import type { ReadForm } from '../http/form.ts';
import { issueText } from '../http/answers.ts';

/** The table comes back as a text of the form that stores it (`MAX_TEXT_BYTES`), with two bytes for each end of a line. */
const LARGEST_BYTES = 240 * 1024;

/** The table a form brings: an uploaded file, or the text of one that has been looked at. @throws Invalid */
export async function tableOfForm({ data, files }: ReadForm): Promise<string> {
	const [file] = files;
	if (file && file.size > LARGEST_BYTES) throw new Invalid([{ path: 'file', code: 'inbound_csv_large' }]);
	if (file) return decodeTable(new Uint8Array(await file.arrayBuffer()));
	if (typeof data.table !== 'string') throw new Invalid([{ path: 'file', code: 'inbound_csv_missing' }]);
	return data.table;
}

/** What is to be put right on a line, in words; null if nothing is. */
function problemOf({ fate }: JudgedLine): string | null {
	if (fate.kind === 'wrong') return fate.issues.map(issueText).join(' ');
	return fate.kind === 'elsewhere' ? m.error_inbound_elsewhere() : null;
}

export type ShownLine = ReturnType<typeof shownLine>;

export function shownLine(line: JudgedLine) {
	const { fate, cells } = line;
	return {
		line: line.line,
		laporId: cells.lapor_id ?? '',
		title: cells.title ?? cells.content?.slice(0, 120) ?? '',
		kind: fate.kind,
		reference: 'reference' in fate ? fate.reference : null,
		accepts: fate.kind === 'attaches' && fate.accepts,
		sameAs: fate.kind === 'repeated' ? fate.line : null,
		problem: problemOf(line)
	};
}

/** The lines that were not stored, with what to do, as a table to be corrected and uploaded again. */
export function tableToFix(lines: readonly JudgedLine[]): string {
	return writeInboundTable(
		lines.flatMap((line) => {
			const problem = problemOf(line);
			return problem === null ? [] : [{ ...line, problem }];
		})
	);
}
