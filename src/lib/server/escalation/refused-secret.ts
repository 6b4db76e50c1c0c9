import type { Reason } from '#lib/server/escalation/reason.ts';

/**
 * Which of the two headers a refusal speaks of, by its words; undefined where it doesn't say. The header with the bearer
 * has a name that differs between development and production, so a wrong name reads like a missing header.
 */
export function refusedSecret({ excerpt = '' }: Pick<Reason, 'excerpt'>): 'token' | 'auth' | undefined {
	const text = excerpt.toLowerCase();
	// Gateways say "access token" and "bearer token" of the bearer, and "token" of the other.
	const bearer = /\b(authori[sz]ation|auth|bearer|access[ _-]?token|credentials?)\b/.test(text);
	const token = /\btoken\b/.test(text.replace(/\b(access|bearer)[ _-]?token\b/g, ''));
	if (token === bearer) return undefined;
	return token ? 'token' : 'auth';
}
