import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import { momentInWords } from '#lib/server/channels/letter-words.ts';
import { notify, type NewNotice, type NoticeLetter } from '#lib/server/channels/notices.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { kindWord } from '#lib/words/cases.ts';

interface CaseNotice extends Pick<NewNotice, 'kind' | 'onceKey' | 'at'> {
	data?: NewNotice['data'];
	/** The e-mail, besides the number and kind of the report. */
	letter: Pick<NoticeLetter, 'subject' | 'lines' | 'english'> & {
		/** Form on the page of the case that the e-mail leads to, such as `/approval`. */
		form?: string;
		/** The line of the deadline; by default, the earliest one of the case. */
		deadline?: readonly string[];
	};
}

/**
 * Notifies people of a case. They must be allowed to see it. The e-mail holds the number and kind of the report, the deadline and
 * dates; the words of reporters and colleagues stay at the desk. The subject is seen on lock screens and in logs of mail servers,
 * so of the report it names the number only.
 *
 * @returns how many people were notified for the first time
 */
export function notifyOfCase(
	tx: Tx,
	{ row, unit }: CaseWithUnit,
	people: readonly { id: string }[],
	{ data = {}, letter, ...notice }: CaseNotice
): Promise<number> {
	const {
		subject,
		lines,
		english,
		form = '',
		deadline = row.dueAt ? [deadlineLine(row.dueAt, unit.timeZone)] : []
	} = letter;
	const ids = people.map(({ id }) => id);
	return notify(tx, ids, {
		...notice,
		caseId: row.id,
		data,
		letter: {
			subject: `${subject}: ${row.reference}`,
			lines: [`${inLocale('id', () => kindWord(row.kind))} ${row.reference}`, ...lines, ...deadline],
			page: `/desk/cases/${row.reference}${form}`,
			english
		}
	});
}

export const deadlineLine = (at: Date, zone: string): string => `Batas waktu: ${momentInWords(at, zone)}`;
