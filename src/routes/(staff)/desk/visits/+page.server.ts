import { guestBookPage, writeIntoBook } from '#lib/server/web/forms/guest-book.ts';

export const load = guestBookPage;

export const actions = { default: writeIntoBook };
