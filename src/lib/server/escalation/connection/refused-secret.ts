import type { Reason } from '../reason.ts';

/**
 * Finds by its words which of the two headers a refusal is about; undefined if it does not say. LAPOR's development and
 * production systems use different names for the bearer header, so a wrong name looks like a missing header.
 */
export function refusedSecret({ excerpt = '' }: Pick<Reason, 'excerpt'>): 'token' | 'auth' | undefined {
	const text = excerpt.toLowerCase();
	// Gateways call the bearer "access token" or "bearer token", and the other header "token".
	const bearer = /\b(authori[sz]ation|auth|bearer|access[ _-]?token|credentials?)\b/.test(text);
	const token = /\btoken\b/.test(text.replace(/\b(access|bearer)[ _-]?token\b/g, ''));
	if (token === bearer) return undefined;
	return token ? 'token' : 'auth';
}
