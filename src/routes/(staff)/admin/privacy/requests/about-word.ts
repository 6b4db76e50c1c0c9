import { m } from '#lib/paraglide/messages.js';

interface About {
	/** Null also for a restricted case whose number the reader must not see. */
	case: { reference: string } | null;
	hasCase: boolean;
	account: string | null;
}

/** Whom or what a request is about. */
export function aboutWord({ case: about, hasCase, account }: About): string {
	if (about) return about.reference;
	if (hasCase) return m.request_about_hidden();
	return account ? m.request_about_account({ name: account }) : m.request_about_none();
}
