import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import type { StoredEntry } from '#lib/server/cases/timeline.ts';
import { formatDateTime } from '#lib/calendar/format.ts';
import { notify, type NewNotice, type NoticeMail } from '#lib/server/channels/notices.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { kindWord } from '#lib/words/cases.ts';

/** Notifies people of a timeline entry of a locked case. */
export type Notifier = (tx: Tx, caseWithUnit: CaseWithUnit, entry: StoredEntry) => Promise<unknown>;

interface CaseNotice extends Pick<NewNotice, 'kind' | 'onceKey' | 'at'> {
	data?: NewNotice['data'];
	/** Form of the case page that the notice leads to, such as `/approval`. */
	form?: string;
	/** The e-mail. Number and kind of the report are added to it. */
	mail: NoticeMail & {
		/** Lines about the deadline. Default: the earliest deadline of the case. */
		deadline?: readonly string[];
	};
}

/**
 * Notifies people about a case. The caller must check that they may see it. The e-mail contains the number and kind of
 * the report, the deadline and dates, and no text of reporters or colleagues. Its subject is visible on lock screens
 * and in logs of mail servers, so it contains only the number.
 *
 * @returns how many people were notified for the first time
 */
export function notifyOfCase(
	tx: Tx,
	{ row, unit }: CaseWithUnit,
	people: readonly { id: string }[],
	{ data = {}, form = '', mail, ...notice }: CaseNotice
): Promise<number> {
	const { subject, lines, english, deadline = row.dueAt ? [deadlineLine(row.dueAt, unit.timeZone)] : [] } = mail;
	const ids = people.map(({ id }) => id);
	return notify(tx, ids, {
		...notice,
		caseId: row.id,
		data,
		page: `/desk/cases/${row.reference}${form}`,
		mail: {
			subject: `${subject}: ${row.reference}`,
			lines: [`${inLocale('id', () => kindWord(row.kind))} ${row.reference}`, ...lines, ...deadline],
			english
		}
	});
}

export const deadlineLine = (at: Date, zone: string): string => `Batas waktu: ${formatDateTime(at, zone, 'id')}`;
