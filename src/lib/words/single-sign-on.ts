import { m } from '#lib/paraglide/messages.js';

type Words = (label: string) => string;

const outcomes: Record<string, Words | undefined> = {
	away: (label) => m.sso_away({ label }),
	refused: (label) => m.sso_refused({ label }),
	invalid: (label) => m.sso_invalid({ label }),
	not_confirmed: (label) => m.sso_not_confirmed({ label }),
	expired: () => m.sso_expired(),
	busy: () => m.sso_busy(),
	unlinked: (label) => m.sso_unlinked({ label }),
	taken: (label) => m.sso_taken({ label }),
	linked: (label) => m.sso_linked({ label }),
	confirmed: () => m.sso_confirmed()
};

/** What happened to a sign-in by the identity provider, from the `sso` of an address; undefined without one. */
export function signOnWords(outcome: string | null, label: string): { good: boolean; text: string } | undefined {
	const words = outcome === null ? undefined : outcomes[outcome];
	return words && { good: outcome === 'linked' || outcome === 'confirmed', text: words(label) };
}
