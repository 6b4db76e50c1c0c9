import { page } from '$app/state';
import { addListToAddress, listQueryOf } from '#lib/cases/inbox-query.ts';

/** The list that is open, or from which the open case was opened. */
export const openedFrom = (): string | null => listQueryOf(page.url);

/** Address of a page of a case, or of the list, that leads back to the list from which the open case was opened. */
export const withList = (address: string): string => addListToAddress(address, openedFrom());
