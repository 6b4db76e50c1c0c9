import type { Locale } from '#lib/paraglide/runtime.js';
import type { Actor } from '#lib/server/people/actor.ts';
import type { Session } from '#lib/server/people/sign-in/session.ts';

declare global {
	namespace App {
		interface Locals {
			/** The signed-in account, or on `/api/` the bearer of a token; null: a stranger. */
			actor: Actor | null;
			/** The session of a signed-in person. */
			session?: Session;
			lang: Locale;
			/** The hidden fields of the page's form, which are new for each request. */
			hidden?: { submissionId: string; opened: string };
			/** The page shows a choice of this person, so Back must not show it to the next one. */
			isPrivate?: boolean;
			/** Error page of a form that arrived after the time to view its report, with the text to be copied. */
			refusal?: Error;
			/** The text of a form that was sent, for an error page without the form. */
			unsent?: string;
			/** A load failed because the database is unavailable. */
			isUnavailable?: boolean;
		}
		interface Error {
			message: string;
			/** Shown on the page: 503, or the code by which the operator finds an unexpected error in the log. */
			code?: string;
			/** A heading that says more than the status does. */
			title?: string;
			/** Link to continue, instead of the usual one of the error page. */
			next?: { href: string; label: string };
			/** Offices to choose from, where the address named none. */
			offices?: { slug: string; name: string; depth: number }[];
			/** Text that was typed and could not be sent. */
			unsent?: string;
			/** The unknown code of a printed sheet in the address, which the page asks for again. */
			typedCode?: string;
		}
	}
}

export {};
