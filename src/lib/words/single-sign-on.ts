import { m } from '#lib/paraglide/messages.js';
import { wordNamed } from './cases.ts';

/** What happened to a sign-in by the identity provider, from the `sso` of an address; undefined without one. */
export function signOnWords(outcome: string | null, label: string): { good: boolean; text: string } | undefined {
	const words = {
		away: () => m.sso_away({ label }),
		refused: () => m.sso_refused({ label }),
		invalid: () => m.sso_invalid({ label }),
		not_confirmed: () => m.sso_not_confirmed({ label }),
		expired: () => m.sso_expired(),
		busy: () => m.sso_busy(),
		unlinked: () => m.sso_unlinked({ label }),
		taken: () => m.sso_taken({ label }),
		linked: () => m.sso_linked({ label }),
		confirmed: () => m.sso_confirmed()
	};
	const text = wordNamed(words, outcome);
	return text ? { good: outcome === 'linked' || outcome === 'confirmed', text } : undefined;
}
