import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import type { StoredEntry } from '#lib/server/cases/timeline.ts';
import { formatDateTime } from '#lib/calendar/format.ts';
import { notify, type NewNotice } from '#lib/server/channels/notices.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { m } from '#lib/paraglide/messages.js';
import { kindWord } from '#lib/words/cases.ts';
import { noticeDetail, type NoticeKind } from '#lib/words/notices.ts';

/** Notifies people of a timeline entry of a locked case. */
export type Notifier = (tx: Tx, caseWithUnit: CaseWithUnit, entry: StoredEntry) => Promise<unknown>;

interface CaseNotice extends Pick<NewNotice, 'kind' | 'occasion' | 'scope' | 'at' | 'data' | 'deskOnly'> {
	/** Form of the case page that the notice leads to, such as `/approval`. */
	form?: string;
}

/** Kinds in whose e-mail the deadline of the case would look like that of sending. */
const WITHOUT_DEADLINE: readonly NoticeKind[] = ['forward_unknown', 'forward_stuck', 'undelivered'];

/**
 * Notifies people about a case. The caller must check that they may see it. The e-mail contains the number and kind of
 * the report, and the deadline of the notice or else the earliest one of the case.
 *
 * @returns how many people were notified for the first time
 */
export function notifyOfCase(
	tx: Tx,
	{ row, unit }: CaseWithUnit,
	people: readonly { id: string }[],
	{ form = '', data = {}, ...notice }: CaseNotice
): Promise<number> {
	const { id: caseId, reference, kind, dueAt } = row;
	const ids = people.map(({ id }) => id);
	return notify(tx, ids, {
		...notice,
		caseId,
		reference,
		data,
		page: `/desk/cases/${reference}${form}`,
		lines: () => [
			`${kindWord(kind)} ${reference}`,
			noticeDetail({ kind: notice.kind, data }, unit.timeZone),
			!data.due_at &&
				dueAt &&
				!WITHOUT_DEADLINE.includes(notice.kind) &&
				m.clock_due_on({ date: formatDateTime(dueAt, unit.timeZone) })
		]
	});
}
