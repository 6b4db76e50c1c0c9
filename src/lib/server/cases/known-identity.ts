import { and, eq, inArray, isNull } from 'drizzle-orm';
import { oneRow, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { fieldsIn, type ReporterFields } from '#lib/text/redaction.ts';
import { textOfReport, type CaseRow } from './find.ts';
import { decryptReporter } from './reporter.ts';

/**
 * The words of the reporter's name and contact that the site removes from texts about the case. Of a withheld name that
 * no staff member has opened, the site removes only words that the reporter also wrote in the report or in messages.
 * Staff see which words it removes, so they could otherwise write several names and see which one is right. If staff
 * split the case off, the text of the first report counts, because staff wrote the text of the part.
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
