import { and, eq, inArray, isNull } from 'drizzle-orm';
import { oneRow, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { fieldsIn, type ReporterFields } from '#lib/text/redaction.ts';
import { textOfReport, type CaseRow } from './find.ts';
import { decryptReporter } from './reporter.ts';

/**
 * What a text must not contain because it identifies the reporter. Of a withheld reporter whose identity nobody opened,
 * only what stands in the report and the reporter's messages: staff see what becomes of a text, so with a text of their
 * own they could guess the name. Staff also write the text of a part that they split off, so the first report counts.
 */
export async function knownIdentity(on: Database | Tx, row: CaseRow): Promise<ReporterFields> {
	const reporter = await decryptReporter(row.reporterSealed);
	if (!reporter || row.identity !== 'withheld') return reporter ?? {};
	const ids = [row.id];
	let first = row;
	while (first.splitFromId !== null) {
		first = await on.select().from(cases).where(eq(cases.id, first.splitFromId)).then(oneRow);
		ids.push(first.id);
	}
	const revealed = and(inArray(timeline.caseId, ids), eq(timeline.type, 'revealed'));
	if ((await on.$count(timeline, revealed)) > 0) return reporter;
	// Messages with an account were recorded by staff.
	const { caseId, author, accountId, body } = messages;
	const said = await on
		.select({ body })
		.from(messages)
		.where(and(inArray(caseId, ids), eq(author, 'reporter'), isNull(accountId)));
	return fieldsIn([textOfReport(first), ...said.map((one) => one.body)].join('\n'), reporter);
}
