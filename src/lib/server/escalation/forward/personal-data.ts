import { textOfReport, type CaseRow } from '#lib/server/cases/find.ts';
import { knownIdentity } from '#lib/server/cases/known-identity.ts';
import { decryptIfNamed } from '#lib/server/cases/reporter.ts';
import type { Tx } from '#lib/server/db/index.ts';
import type { Issue } from '#lib/server/errors.ts';
import { proposeRedaction, type ReporterFields } from '#lib/text/redaction.ts';

/** Issues for names, numbers and other personal data in texts that a person typed, by the path of each text. */
export async function personalDataIn(
	tx: Tx,
	row: CaseRow,
	texts: Readonly<Record<string, string | undefined>>
): Promise<Issue[]> {
	const known = await knownWords(tx, row);
	return Object.entries(texts).flatMap(([path, text = '']) => {
		const marks = proposeRedaction(text, known);
		if (marks.length === 0) return [];
		const found = [...new Set(marks.map(({ start, end }) => text.slice(start, end)))].slice(0, 5).join(', ');
		return [{ path, code: 'escalation_personal_data', params: { found } }];
	});
}

/**
 * The words to look for in typed texts: those of an openly named reporter, else the names that were cut from the report's own
 * texts. The handler has read them there, so a hit confirms no guess.
 */
async function knownWords(tx: Tx, row: CaseRow): Promise<ReporterFields> {
	const named = await decryptIfNamed(row);
	if (named) return named;
	const text = textOfReport(row);
	const marks = proposeRedaction(text, await knownIdentity(tx, row));
	const names = marks.filter(({ kind }) => kind === 'name').map(({ start, end }) => text.slice(start, end));
	return { name: names.join(' ') };
}
