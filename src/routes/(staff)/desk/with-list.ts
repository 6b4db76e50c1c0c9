import { page } from '$app/state';
import { keepList } from '#lib/cases/inbox-query.ts';

/** The list from which the open case was opened, as in the page's address. */
export const openedFrom = (): string | null => page.url.searchParams.get('list');

/** Address of a page of a case, or of the list, that leads back to the list from which the open case was opened. */
export const withList = (address: string): string => keepList(address, openedFrom());
