import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { formatDateTime } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { now } from '#lib/server/clock.ts';
import type { InboxFilter } from '#lib/server/cases/inbox/filter.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { caseColumns } from './case-columns.ts';
import { casePortions, type CaseRecord } from './case-rows.ts';
import { writeCsv } from './csv.ts';
import type { ExportFormat } from './file.ts';
import { writeSheet } from './sheet.ts';

export interface CaseTable {
	format: ExportFormat;
	filter: InboxFilter;
	/** The filter as a list's address says it, for the sheet that tells of the file. */
	query: string;
	/** In whose zone the moment of writing is told. */
	zone: string;
	lang: 'id' | 'en';
}

/**
 * Writes the reports of a filter that the actor sees to `out`, as they are read, and ends it. Memory holds a slice of them.
 *
 * @param step told after each slice; what it throws ends the writing
 * @returns how many reports there are
 * @throws where `signal` ends it
 */
export async function writeCases(
	out: Writable,
	actor: Actor,
	{ format, filter, query, zone, lang }: CaseTable,
	signal: AbortSignal,
	step: (rows: number, progress: number) => Promise<void> = async () => {}
): Promise<number> {
	let rows = 0;
	async function* batches(): AsyncGenerator<readonly CaseRecord[]> {
		for await (const { items, progress } of casePortions(actor, filter)) {
			signal.throwIfAborted();
			yield items;
			await step(rows, progress);
		}
	}
	const counted = (n: number) => (rows = n);
	const columns = caseColumns();
	if (format === 'csv') await writeCsv(out, columns, batches(), signal, counted);
	else {
		const about = (n: number) => ({
			title: m.sheet_about(),
			lines: [
				[m.sheet_about_list(), m.exports_cases()],
				[m.sheet_about_filter(), query || m.sheet_about_no_filter()],
				[m.sheet_about_rows(), n],
				[m.sheet_about_by(), actor.name],
				[m.sheet_about_at(), formatDateTime(now(), zone, lang)]
			] as [string, string | number][]
		});
		await writeSheet(out, m.exports_cases(), columns, batches(), about, signal, counted);
	}
	if (!out.writableFinished) await once(out, 'finish', { signal });
	return rows;
}
