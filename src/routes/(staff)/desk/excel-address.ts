import { inboxAddress, statusesShown, type InboxChoice } from '#lib/cases/inbox-query.ts';

/** Address of a list's export, with the list's filter. */
export function excelAddress(path: string, list: string): string {
	const query = list.split('?')[1];
	return query ? `${path}?${query}` : path;
}

/**
 * Address of the page that exports the reports of a list. It names the statuses that the list shows, because without any the
 * page offers all reports.
 */
export const exportAddress = (choice: InboxChoice): string =>
	excelAddress('/desk/exports', inboxAddress({ ...choice, q: undefined, status: statusesShown(choice) ?? 'all' }));
