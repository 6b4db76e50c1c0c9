/**
 * Header of a form that a script sends. The site then responds with 204 instead of a redirect, because a script can't
 * read the address of a redirect without following it.
 */
export const BY_SCRIPT = 'form-by-script';

/** Value of the header if the service worker sends a rating after its page was closed. */
export const LATER = 'later';

/** Tag of the browser's background sync that sends waiting ratings. */
export const RATINGS_TAG = 'ratings';

/** The service worker is registered for this address, which has no page: it serves none and only sends ratings. */
export const RATINGS_SCOPE = '/nilai-nanti';
