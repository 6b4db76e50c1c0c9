import { guestBookPage, writeIntoBook } from '#lib/server/web/forms/guest-book.ts';

export const load = (event) => guestBookPage(event);

export const actions = { default: (event) => writeIntoBook(event) };
